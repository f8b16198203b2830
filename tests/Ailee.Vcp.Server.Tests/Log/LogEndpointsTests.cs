using System.Buffers.Binary;
using System.Net;
using Ailee.Vcp.Client;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Log;

/// <summary>Tiles, proofs and checkpoints of a log that does not grow, against a tree computed from its entries.</summary>
public sealed class LogEndpointsTests(LogEndpointsTests.Fixture fixture) : IClassFixture<LogEndpointsTests.Fixture>
{
    private const int Size = 700;

    [Fact]
    public async Task Checkpoint_Served_IsTheRootOfAllEntries()
    {
        using var response = await fixture.Http.GetAsync("api/v1/log/checkpoint");

        Assert.Equal("no-cache", response.Headers.CacheControl?.ToString());
        Assert.Equal(("text/plain", "utf-8"), (response.Content.Headers.ContentType?.MediaType, response.Content.Headers.ContentType?.CharSet));
        var checkpoint = await fixture.Server.CheckpointAsync();
        Assert.Equal((Size, MerkleTree.Root(fixture.Leaves)), (checkpoint.Size, checkpoint.Root));
        Assert.Equal(checkpoint.Origin, $"urn:vcp:log:{(await fixture.Client.GetLogKeyAsync(default)).Key.Id}");
    }

    [Fact]
    public async Task Tiles_Full_AreThoseOfTheTree()
    {
        var above = new Digest[2];
        for (var index = 0; index < 2; index++)
        {
            var leaves = fixture.Leaves[(index * 256)..((index + 1) * 256)];
            Assert.Equal(Bytes(leaves), await fixture.Client.GetTileAsync(new TilePath(0, index, 256), default));
            above[index] = MerkleTree.Root(leaves);
        }

        Assert.Equal(Bytes(above), await fixture.Client.GetTileAsync(new TilePath(1, 0, 2), default));
        Assert.Equal(Bytes(above.AsSpan(0, 1)), await fixture.Client.GetTileAsync(new TilePath(1, 0, 1), default));
    }

    [Fact]
    public async Task Tiles_Partial_OfEveryWidthUpToThePublished()
    {
        const int Last = Size - 512;
        for (var width = 1; width <= Last; width++)
        {
            Assert.Equal(Bytes(fixture.Leaves.AsSpan(512, width)), await fixture.Client.GetTileAsync(new TilePath(0, 2, width), default));
        }

        // A full tile is there in every width too: somebody may read the log at a smaller size.
        Assert.Equal(Bytes(fixture.Leaves.AsSpan(0, 17)), await fixture.Client.GetTileAsync(new TilePath(0, 0, 17), default));
    }

    [Theory]
    [InlineData(0, 256)]
    [InlineData(1, 256)]
    [InlineData(2, 188)]
    [InlineData(2, 1)]
    public async Task Bundles_Entries_HaveLengthsAndDigests(int index, int width)
    {
        var bundle = await fixture.Client.GetTileAsync(new TilePath(TilePath.EntriesLevel, index, width), default);

        Assert.Equal(width * 34, bundle.Length);
        for (var i = 0; i < width; i++)
        {
            Assert.Equal(32, BinaryPrimitives.ReadUInt16BigEndian(bundle.AsSpan(i * 34)));
            Assert.Equal(fixture.Entries[(index * 256) + i], new Digest(bundle.AsSpan((i * 34) + 2, 32)));
        }
    }

    [Fact]
    public async Task Tile_Served_MayBeKeptForEver()
    {
        using var response = await fixture.Http.GetAsync("api/v1/log/tile/0/000");

        Assert.Equal((HttpStatusCode.OK, "application/octet-stream"), (response.StatusCode, response.Content.Headers.ContentType?.ToString()));
        Assert.Equal("public, max-age=31536000, immutable", response.Headers.GetValues("Cache-Control").Single());
    }

    [Theory]
    [InlineData("0/002")] // not full
    [InlineData("0/002.p/189")] // wider than published
    [InlineData("0/003.p/1")]
    [InlineData("1/000")]
    [InlineData("1/000.p/3")]
    [InlineData("2/000.p/1")]
    [InlineData("8/000.p/1")]
    [InlineData("63/000.p/1")]
    [InlineData("entries/002")]
    [InlineData("entries/002.p/189")]
    [InlineData("0/x999/999")]
    [InlineData("0/x009/x223/x372/x036/x854/x775/807")]
    [InlineData("0/0")]
    [InlineData("0/000.p/0")]
    [InlineData("0/000.p/256")]
    [InlineData("00/000")]
    [InlineData("-1/000")]
    [InlineData("entries/-01")]
    [InlineData("0/000/")]
    [InlineData("0%2F000")]
    [InlineData("")]
    public async Task Tile_NotThere_NotFoundAndNotKept(string path)
    {
        var response = await fixture.Http.GetAsync($"api/v1/log/tile/{path}");

        Assert.Null(response.Headers.CacheControl?.MaxAge);
        await response.ProblemAsync("log-tile-not-found");
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, Size)]
    [InlineData(1, 2)]
    [InlineData(255, 256)]
    [InlineData(256, 257)]
    [InlineData(511, 600)]
    [InlineData(Size - 1, Size)]
    public async Task Entry_AtASize_PathLeadsToTheRoot(int index, int size)
    {
        var view = await fixture.Client.GetEntryAsync(index, size, default);

        var proof = new InclusionProof(view.Index, view.Size, [.. view.Path.Select(Digest.Parse)]);
        Assert.Equal((fixture.Entries[index].ToString(), fixture.Leaves[index].ToString()), (view.Digest, view.LeafHash));
        Assert.Equal((index, size, MerkleTree.Root(fixture.Leaves.AsSpan(0, size)).ToString()), (view.Index, view.Size, view.Root));
        Assert.True(proof.Verify(fixture.Leaves[index], MerkleTree.Root(fixture.Leaves.AsSpan(0, size))));
    }

    [Fact]
    public async Task Entry_WithoutASize_AtThePublishedOne() => Assert.Equal(Size, (await fixture.Client.GetEntryAsync(3, null, default)).Size);

    [Theory]
    [InlineData("700", "log-entry-not-found")]
    [InlineData("-1", "log-entry-not-found")]
    [InlineData("9223372036854775807", "log-entry-not-found")]
    [InlineData("9223372036854775808", "malformed-request")]
    [InlineData("one", "malformed-request")]
    [InlineData("3?size=3", "log-range-invalid")]
    [InlineData("3?size=701", "log-range-invalid")]
    [InlineData("3?size=-1", "log-range-invalid")]
    [InlineData("3?size=x", "malformed-request")]
    public async Task Entry_NotThere_Refused(string path, string code) => await fixture.Http.GetAsync($"api/v1/log/entries/{path}").ProblemAsync(code);

    [Fact]
    public async Task Consistency_BetweenSizes_LeadsToBothRoots()
    {
        int[] sizes = [0, 1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 513, 699, Size];
        foreach (var from in sizes)
        {
            foreach (var to in sizes.Where(size => size >= from))
            {
                var view = await fixture.Client.GetConsistencyAsync(from, to, default);

                var (fromRoot, toRoot) = (MerkleTree.Root(fixture.Leaves.AsSpan(0, from)), MerkleTree.Root(fixture.Leaves.AsSpan(0, to)));
                Assert.Equal((from, to, fromRoot.ToString(), toRoot.ToString()), (view.From, view.To, view.FromRoot, view.ToRoot));
                Assert.True(new ConsistencyProof(from, to, [.. view.Path.Select(Digest.Parse)]).Verify(fromRoot, toRoot));
            }
        }
    }

    [Theory]
    [InlineData("from=2&to=1", "log-range-invalid")]
    [InlineData("from=-1&to=1", "log-range-invalid")]
    [InlineData("from=0&to=701", "log-range-invalid")]
    [InlineData("from=0", "malformed-request")]
    [InlineData("from=a&to=1", "malformed-request")]
    public async Task Consistency_BadRange_Refused(string query, string code) => await fixture.Http.GetAsync($"api/v1/log/consistency?{query}").ProblemAsync(code);

    [Fact]
    public async Task Entries_NotIntegrated_AreNotServed()
    {
        var time = new HeldTime();
        await using var server = await time.StartAsync(time.Setup with { NodeWorks = false });
        var size = (await server.CheckpointAsync()).Size;
        await server.Database.WriteAsync(transaction => LogStore.Append(transaction, Digest.Of("hidden"u8), StatementKind.Execution, DateTimeOffset.UnixEpoch));

        await server.Http.GetAsync($"api/v1/log/entries/{size}").ProblemAsync("log-entry-not-found");
        await server.Http.GetAsync($"api/v1/log/tile/{new TilePath(0, 0, (int)size + 1)}").ProblemAsync("log-tile-not-found");
        await server.Http.GetAsync($"api/v1/log/tile/{new TilePath(TilePath.EntriesLevel, 0, (int)size + 1)}").ProblemAsync("log-tile-not-found");
        await server.Http.GetAsync($"api/v1/log/consistency?from=0&to={size + 1}").ProblemAsync("log-range-invalid");
        Assert.Equal(size, (await server.CheckpointAsync()).Size);
    }

    private static byte[] Bytes(ReadOnlySpan<Digest> hashes)
    {
        var bytes = new byte[hashes.Length * 32];
        for (var i = 0; i < hashes.Length; i++)
        {
            hashes[i].CopyTo(bytes.AsSpan(i * 32));
        }

        return bytes;
    }

    /// <summary>A server with 700 entries and no more.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private RunningServer? _server;

        public HttpClient Http => Server.Http;

        public VcpClient Client => Server.Client;

        public Digest[] Entries { get; private set; } = [];

        public Digest[] Leaves => [.. Entries.Select(LogEntry.LeafHash)];

        internal RunningServer Server => _server!;

        public async ValueTask InitializeAsync()
        {
            _server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
            // Piece by piece, so that tiles grow from partial ones.
            foreach (var piece in (int[])[1, 100, 200, 256, Size - 557 - Server.Entries().Count])
            {
                await Server.AppendAsync(piece);
            }

            Entries = [.. Server.Entries()];
            Assert.Equal(Size, Entries.Length);
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
