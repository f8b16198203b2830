using Ailee.Vcp.Core;
using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Sandbox.Modules;

namespace Ailee.Vcp.Sandbox.Tests.Modules;

public sealed class ModuleCacheTests : IDisposable
{
    private readonly GuestThreads _threads = new(1);

    [Fact]
    public async Task Prepare_SixteenAtOnce_CompilesOnce()
    {
        using var sandbox = new WasmSandbox(new SandboxOptions());
        var module = Numbered(1);
        var asked = 0;
        using var barrier = new Barrier(16);

        var leases = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Factory.StartNew(
            () =>
            {
                barrier.SignalAndWait();
                return sandbox.PrepareAsync(Digest.Of(module), Source, CancellationToken.None);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap()));

        Assert.Equal(1, asked);
        Assert.Equal(1, sandbox.CacheStatistics.Compilations);
        Assert.Equal(1, sandbox.CacheStatistics.Entries);
        Assert.All(leases, lease => Assert.Equal("f1", Assert.Single(lease.Description.Exports).Name));
        Array.ForEach(leases, lease => lease.Dispose());

        Task<ReadOnlyMemory<byte>> Source(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref asked);
            return Task.FromResult<ReadOnlyMemory<byte>>(module);
        }
    }

    [Fact]
    public async Task Prepare_Again_IsAHitAndDoesNotAskForTheBytes()
    {
        using var sandbox = new WasmSandbox(new SandboxOptions());
        var module = Numbered(1);
        using var first = await SandboxFixture.PrepareAsync(sandbox, module);

        using var second = await sandbox.PrepareAsync(Digest.Of(module), _ => throw new InvalidOperationException("not needed"), CancellationToken.None);

        Assert.False(first.CacheHit);
        Assert.True(second.CacheHit);
        Assert.Equal(1, sandbox.CacheStatistics.MemoryHits);
    }

    [Fact]
    public async Task Prepare_SourceFails_ExceptionArrivesAndNextTimeWorks()
    {
        using var sandbox = new WasmSandbox(new SandboxOptions());
        var module = Numbered(1);

        await Assert.ThrowsAsync<FileNotFoundException>(() =>
            sandbox.PrepareAsync(Digest.Of(module), _ => Task.FromException<ReadOnlyMemory<byte>>(new FileNotFoundException()), CancellationToken.None));
        using var lease = await SandboxFixture.PrepareAsync(sandbox, module);

        Assert.False(lease.CacheHit);
        Assert.Equal(1, sandbox.CacheStatistics.Compilations);
    }

    [Fact]
    public async Task Prepare_AnotherModulesSourceIsSlow_DoesNotWaitForIt()
    {
        using var sandbox = new WasmSandbox(new SandboxOptions { MaxConcurrentCompilations = 1 });
        var source = new TaskCompletionSource<ReadOnlyMemory<byte>>();
        var slow = sandbox.PrepareAsync(Digest.Of(Numbered(1)), _ => source.Task, CancellationToken.None);

        // Hangs if the slow source holds the only place to compile.
        using var quick = await SandboxFixture.PrepareAsync(sandbox, Numbered(2));

        Assert.False(slow.IsCompleted);
        source.SetResult(Numbered(1));
        (await slow).Dispose();
    }

    [Fact]
    public async Task Prepare_OneWaiterCancelled_OthersGetTheModule()
    {
        using var sandbox = new WasmSandbox(new SandboxOptions());
        var module = Numbered(1);
        var source = new TaskCompletionSource<ReadOnlyMemory<byte>>();
        using var cancellation = new CancellationTokenSource();
        var impatient = sandbox.PrepareAsync(Digest.Of(module), _ => source.Task, cancellation.Token);
        var patient = sandbox.PrepareAsync(Digest.Of(module), _ => source.Task, CancellationToken.None);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        source.SetResult(module);

        using var lease = await patient;
        Assert.Equal(1, sandbox.CacheStatistics.Compilations);
    }

    [Fact]
    public async Task Prepare_OnlyWaiterCancelled_TheWorkEnds()
    {
        using var sandbox = new WasmSandbox(new SandboxOptions());
        var asked = new TaskCompletionSource<CancellationToken>();
        using var cancellation = new CancellationTokenSource();
        var waiting = sandbox.PrepareAsync(Digest.Of(Numbered(1)), Source, cancellation.Token);
        var work = await asked.Task;

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.True(work.IsCancellationRequested);
        using var lease = await SandboxFixture.PrepareAsync(sandbox, Numbered(1));
        Assert.Equal(1, sandbox.CacheStatistics.Compilations);

        async Task<ReadOnlyMemory<byte>> Source(CancellationToken cancellationToken)
        {
            asked.SetResult(cancellationToken);
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return default;
        }
    }

    [Fact]
    public async Task Forget_WhileItCompiles_WaitersGetItAndNothingIsKept()
    {
        var directory = Directory.CreateTempSubdirectory("vcp-forget-");
        using (var sandbox = new WasmSandbox(new SandboxOptions(), directory.FullName, new byte[32]))
        {
            var module = Numbered(1);
            var source = new TaskCompletionSource<ReadOnlyMemory<byte>>();
            var waiting = sandbox.PrepareAsync(Digest.Of(module), _ => source.Task, CancellationToken.None);

            sandbox.Forget(Digest.Of(module));
            source.SetResult(module);
            using var lease = await waiting;

            var result = await _threads.RunAsync(() => sandbox.Execute(lease, SandboxFixture.Request(module, "f1", SandboxFixture.Function()), CancellationToken.None));
            Assert.IsType<ExecutionResult.Conclusive>(result);
            Assert.Equal((1L, 0, 0), (sandbox.CacheStatistics.Compilations, sandbox.CacheStatistics.Entries, sandbox.CacheStatistics.DiskEntries));
            Assert.Empty(directory.GetFiles("*", SearchOption.AllDirectories));
        }

        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Prepare_AfterItWasForgottenWhileCompiling_IsKept()
    {
        using var sandbox = new WasmSandbox(new SandboxOptions());
        var module = Numbered(1);
        var source = new TaskCompletionSource<ReadOnlyMemory<byte>>();
        var before = sandbox.PrepareAsync(Digest.Of(module), _ => source.Task, CancellationToken.None);
        sandbox.Forget(Digest.Of(module));

        using var after = await SandboxFixture.PrepareAsync(sandbox, module);
        source.SetResult(module);
        using var lease = await before;

        Assert.Equal((2L, 1), (sandbox.CacheStatistics.Compilations, sandbox.CacheStatistics.Entries));
    }

    [Fact]
    public async Task Prepare_Refused_IsCountedByItsCode()
    {
        using var sandbox = new WasmSandbox(new SandboxOptions());

        await Assert.ThrowsAsync<ModuleException>(() => SandboxFixture.PrepareAsync(sandbox, [1, 2, 3]));

        Assert.Equal(new Dictionary<string, long> { [ModuleException.Invalid] = 1 }, sandbox.CacheStatistics.Refusals);
        Assert.True(sandbox.CacheStatistics.CompileTime > TimeSpan.Zero);
        Assert.Equal(1, sandbox.CacheStatistics.CompilerStarts);
    }

    [Fact]
    public async Task Prepare_MoreThanTheBound_LeastRecentlyUsedGoes()
    {
        var size = await ArtifactBytesAsync();
        using var sandbox = new WasmSandbox(new SandboxOptions { CacheMemoryBytes = (2 * size) + (size / 2) });
        await PrepareAndReleaseAsync(sandbox, 1, 2);
        await PrepareAndReleaseAsync(sandbox, 1);

        await PrepareAndReleaseAsync(sandbox, 3);

        Assert.Equal(2, sandbox.CacheStatistics.Entries);
        Assert.InRange(sandbox.CacheStatistics.Bytes, 1, (2 * size) + (size / 2));
        await PrepareAndReleaseAsync(sandbox, 1, 3);
        Assert.Equal(3, sandbox.CacheStatistics.Compilations);
        await PrepareAndReleaseAsync(sandbox, 2);
        Assert.Equal(4, sandbox.CacheStatistics.Compilations);
    }

    [Fact]
    public async Task Execute_EvictedWhileLeased_StillRuns()
    {
        using var sandbox = new WasmSandbox(new SandboxOptions { CacheMemoryBytes = 0 });
        var module = Numbered(1);
        using var lease = await SandboxFixture.PrepareAsync(sandbox, module);
        await PrepareAndReleaseAsync(sandbox, 2, 3);

        var result = await _threads.RunAsync(() => sandbox.Execute(lease, SandboxFixture.Request(module, "f1", SandboxFixture.Function()), CancellationToken.None));

        Assert.Equal(1, sandbox.CacheStatistics.Entries);
        Assert.Equal([SandboxFixture.I32(1)], Assert.IsType<ExecutionResult.Conclusive>(result).Output.Results);
    }

    [Fact]
    public async Task Execute_ForgottenWhileLeased_StillRuns()
    {
        using var sandbox = new WasmSandbox(new SandboxOptions());
        var module = Numbered(1);
        using var lease = await SandboxFixture.PrepareAsync(sandbox, module);

        sandbox.Forget(Digest.Of(module));
        var result = await _threads.RunAsync(() => sandbox.Execute(lease, SandboxFixture.Request(module, "f1", SandboxFixture.Function()), CancellationToken.None));

        Assert.Equal(0, sandbox.CacheStatistics.Entries);
        Assert.Equal(0, sandbox.CacheStatistics.Bytes);
        Assert.IsType<ExecutionResult.Conclusive>(result);
    }

    [Fact]
    public async Task Prepare_ManyModulesAtOnceWithoutRoomForTwo_AllRun()
    {
        using var sandbox = new WasmSandbox(new SandboxOptions { CacheMemoryBytes = 0, MaxConcurrentCompilations = 4 });

        await Parallel.ForEachAsync(Enumerable.Range(0, 60), new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (i, cancellationToken) =>
        {
            var number = i % 5;
            var module = Numbered(number);
            using var lease = await SandboxFixture.PrepareAsync(sandbox, module, cancellationToken);
            var result = await _threads.RunAsync(() => sandbox.Execute(lease, SandboxFixture.Request(module, $"f{number}", SandboxFixture.Function()), CancellationToken.None));
            Assert.Equal([SandboxFixture.I32(number)], Assert.IsType<ExecutionResult.Conclusive>(result).Output.Results);
        });

        Assert.Equal(1, sandbox.CacheStatistics.Entries);
    }

    public void Dispose() => _threads.Dispose();

    internal static byte[] Numbered(int number) => SandboxFixture.Wat($"""(module (func (export "f{number}") (result i32) (i32.const {number})))""");

    private static async Task PrepareAndReleaseAsync(WasmSandbox sandbox, params int[] numbers)
    {
        foreach (var number in numbers)
        {
            (await SandboxFixture.PrepareAsync(sandbox, Numbered(number))).Dispose();
        }
    }

    private static async Task<long> ArtifactBytesAsync()
    {
        using var sandbox = new WasmSandbox(new SandboxOptions());
        await PrepareAndReleaseAsync(sandbox, 1);
        return sandbox.CacheStatistics.Bytes;
    }
}
