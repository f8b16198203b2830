using System.Net;
using System.Net.Http.Headers;
using Ailee.Vcp.Client;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Bundles;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Server.Tests.Bundles;

/// <summary>Uploads that are slow, many, or larger than one transaction.</summary>
public sealed class BundleUploadTests
{
    private static readonly Caller Alice = new("alice", "alice", Scope.Tasks);
    private static readonly Caller Bob = new("bob", "bob", Scope.Tasks);
    private static readonly ServerSetup OnePlace = new() { Configuration = { ["Bundles:MaxConcurrentUploads"] = "1" } };

    [Fact]
    public async Task Upload_WhileOthersTrickle_TakesTheirPlace()
    {
        using var directory = new TempDirectory();
        await using (var server = await RunningServer.StartAsync(OnePlace with { Directory = directory.Path }))
        {
            using var cancellation = new CancellationTokenSource();
            var slow = Enumerable.Range(0, 3).Select(_ => new StalledContent()).ToList();
            var waiting = slow.Select(content => server.Http.PostAsync("api/v1/bundles", content, cancellation.Token)).ToList();
            await Task.WhenAll(slow.Select(content => content.Begun));

            await server.Client.UploadBundleAsync(Trees.Of(("a", "b")).Tar(), default);

            await cancellation.CancelAsync();
            foreach (var request in waiting)
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
            }
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(directory.File("uploads")));
    }

    [Fact]
    public async Task Upload_EveryPlaceBusy_RefusedAfterAWhile()
    {
        var time = new FakeTimeProvider();
        await using var server = await RunningServer.StartAsync(OnePlace with { Time = time, NodeWorks = false });
        var service = server.Get<BundleService>();
        var endless = new EndlessStream();
        using var cancellation = new CancellationTokenSource();
        var first = service.StoreAsync(Caller.Local, endless, cancellation.Token);
        var second = service.StoreAsync(Caller.Local, Trees.Of(("a", "b")).Tar(), default);

        time.Advance(BundleService.LongestWait);

        var (bundle, problem) = await second;
        Assert.Null(bundle);
        Assert.Equal(("bundle-busy", 503, 5), (problem!.Kind.Code, problem.Kind.Status, problem.RetryAfterSeconds));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.NotNull((await service.StoreAsync(Caller.Local, Trees.Of(("a", "b")).Tar(), default)).Bundle);
    }

    [Fact]
    public async Task Upload_OneTenantTrickles_HasItsShareAndAnotherIsTaken()
    {
        await using var server = await RunningServer.StartAsync(OnePlace with { NodeWorks = false });
        var service = server.Get<BundleService>();
        using var cancellation = new CancellationTokenSource();
        var slow = Enumerable.Range(0, 8).Select(_ => service.UploadAsync(Alice, new EndlessStream(), null, cancellation.Token)).ToList();

        var (_, problem) = await service.UploadAsync(Alice, Trees.Of(("a", "b")).Tar(), null, default);
        var (bundle, _) = await service.UploadAsync(Bob, Trees.Of(("a", "b")).Tar(), null, default);

        Assert.Equal(("bundle-busy", true), (problem!.Kind.Code, problem.RetryAfterSeconds is >= 1 and <= 60));
        Assert.NotNull(bundle);
        await cancellation.CancelAsync();
        foreach (var request in slow)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        }
    }

    [Fact]
    public async Task Store_OneTenantHasMany_AnothersIsReadBesideThem()
    {
        var time = new FakeTimeProvider();
        await using var server = await RunningServer.StartAsync(new ServerSetup { Time = time, NodeWorks = false, Configuration = { ["Bundles:MaxConcurrentUploads"] = "2" } });
        var service = server.Get<BundleService>();
        using var cancellation = new CancellationTokenSource();
        var first = service.StoreAsync(Alice, new EndlessStream(), cancellation.Token);
        var second = service.StoreAsync(Alice, new EndlessStream(), cancellation.Token);

        Assert.NotNull((await service.StoreAsync(Bob, Trees.Of(("a", "b")).Tar(), default).WaitAsync(Calls.LongWait)).Bundle);

        time.Advance(BundleService.LongestWait);
        Assert.Equal("bundle-busy", (await second).Problem!.Kind.Code);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.NotNull((await service.StoreAsync(Alice, Trees.Of(("a", "b")).Tar(), default)).Bundle);
    }

    [Fact]
    public async Task Upload_DoesNotArriveInTime_RefusedAndItsPlaceIsFree()
    {
        var time = new FakeTimeProvider();
        await using var server = await RunningServer.StartAsync(OnePlace with { Time = time, NodeWorks = false });
        var service = server.Get<BundleService>();
        var slow = Enumerable.Range(0, 16).Select(_ => service.UploadAsync(Caller.Local, new EndlessStream(), 200_000_000, default)).ToList();
        Assert.Equal("bundle-busy", (await service.UploadAsync(Caller.Local, Trees.Of(("a", "b")).Tar(), null, default)).Problem!.Kind.Code);

        time.Advance(TimeSpan.FromHours(1));

        foreach (var request in slow)
        {
            Assert.Equal(("body-too-slow", 408), ((await request).Problem!.Kind.Code, (await request).Problem!.Kind.Status));
        }

        Assert.NotNull((await service.UploadAsync(Caller.Local, Trees.Of(("a", "b")).Tar(), null, default)).Bundle);
    }

    // Each chunk of 1 MiB is one of many; every part of the bundle waits until the test lets it through.
    [Fact]
    public async Task Upload_Large_IsThereOnlyWithItsLastPart()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        var bundle = Trees.Of(("large", new string('x', 10_000_000)));
        var database = new CountingDatabase(server.Database, () => server.Database.Read(transaction => BundleStore.Find(transaction, bundle.Digest)) is null);
        using var writer = new BundleWriter(database, TimeProvider.System);

        await writer.StoreAsync("local", bundle, default);

        // It begins, three parts of at most 4 MiB, it is complete.
        Assert.Equal([true, true, true, true, true], database.AbsentBefore);
        Assert.Equal(BundleTarWriter.Write(bundle), await server.Client.GetBundleContentAsync(bundle.Digest, default));
    }

    [Fact]
    public async Task Upload_FailsAtAnyPart_LeavesNothingThatAnyoneSees()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
        var bundle = Trees.Of(("large", new string('x', 10_000_000)));
        for (var part = 0; part < 5; part++)
        {
            using var failing = new BundleWriter(new CountingDatabase(server.Database, () => true) { Writes = part }, TimeProvider.System);

            await Assert.ThrowsAsync<StorageException>(() => failing.StoreAsync("local", bundle, default));

            await Calls.RefusedAsync(HttpStatusCode.NotFound, "bundle-not-found", () => server.Client.GetBundleAsync(bundle.Digest, null, null, default));
            Assert.Empty((await server.Client.ListBundlesAsync(null, null, default)).Items);
            Assert.Equal(0, (await server.Client.GetStatsAsync(default)).Bundles);
        }

        await server.Client.UploadBundleAsync(bundle.Tar(), default);
        Assert.Equal(BundleTarWriter.Write(bundle), await server.Client.GetBundleContentAsync(bundle.Digest, default));
    }

    [Fact]
    public async Task Start_AfterAnInterruptedUpload_RemovesWhatItLeft()
    {
        using var directory = new TempDirectory();
        var bundle = Trees.Of(("large", new string('x', 10_000_000)));
        var server = await RunningServer.StartAsync(new ServerSetup { Directory = directory.Path, NodeWorks = false });
        using (var failing = new BundleWriter(new CountingDatabase(server.Database, () => true) { Writes = 3 }, TimeProvider.System))
        {
            await Assert.ThrowsAsync<StorageException>(() => failing.StoreAsync("local", bundle, default));
        }

        Assert.NotEmpty(Chunks(server));
        Directory.CreateDirectory(directory.File("uploads"));
        await File.WriteAllTextAsync(directory.File("uploads/left"), "left");

        server = await server.RestartAsync();
        await using (server)
        {
            Assert.Empty(Chunks(server));
            Assert.Empty(server.Database.Read(BundleStore.Partial));
            Assert.False(File.Exists(directory.File("uploads/left")));
        }
    }

    private static List<long> Chunks(RunningServer server) =>
        server.Database.Read(transaction => transaction.Query("SELECT number FROM bundle_chunks UNION ALL SELECT files FROM bundles", row => row.Int64(0)));

    /// <summary>A body that begins and does not go on.</summary>
    private sealed class StalledContent : HttpContent
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public StalledContent() => Headers.ContentType = new MediaTypeHeaderValue(MediaTypes.Tar);

        public Task Begun => _begun.Task;

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, default);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(new byte[512], cancellationToken);
            await stream.FlushAsync(cancellationToken);
            _begun.SetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    /// <summary>Gives nothing until the reader gives up.</summary>
    private sealed class EndlessStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }

    /// <summary>Asks before each change, and takes no more than so many.</summary>
    private sealed class CountingDatabase(IDatabase database, Func<bool> ask) : IDatabase
    {
        public List<bool> AbsentBefore { get; } = [];

        public int Writes { get; init; } = int.MaxValue;

        public Task<T> WriteAsync<T>(Func<IWriteTransaction, T> change)
        {
            if (AbsentBefore.Count == Writes)
            {
                throw new StorageException("Full.", new IOException());
            }

            AbsentBefore.Add(ask());
            return database.WriteAsync(change);
        }

        public T Read<T>(Func<IReadTransaction, T> query) => database.Read(query);

        public Task<T> ReadSharedAsync<T>(Func<IReadTransaction, T> query) => database.ReadSharedAsync(query);
    }
}
