using System.Net;
using Ailee.Vcp.Client;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Server.Tests.Log;

/// <summary>The server as a witness of a log that the test plays: each rule of C2SP tlog-witness and its status code.</summary>
public sealed class WitnessTests : IAsyncLifetime
{
    private const string Origin = "played.example/log";
    private static readonly Digest[] Leaves = [.. Enumerable.Range(0, 40).Select(number => Digest.Of([(byte)number]))];

    private readonly TempDirectory _directory = new();
    private readonly SigningKey _log = SigningKey.Create();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private RunningServer? _server;

    private RunningServer Server => _server!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync(new ServerSetup
    {
        NodeWorks = false,
        Directory = _directory.Path,
        Time = _time,
        Configuration =
        {
            ["Log:WitnessName"] = "vcp.example/witness",
            ["Log:WitnessFor:0"] = new NoteKey(Origin, _log.PublicKey, NoteKeyType.Log).ToString(),
        },
    });

    [Fact]
    public async Task Add_Continuing_CosignedWithTheTime()
    {
        var key = await KeyAsync();
        foreach (var (from, to) in ((int, int)[])[(0, 3), (3, 3), (3, 16), (16, 40)])
        {
            var note = Note(to);
            using var response = await SendAsync(new WitnessRequest(from, Proof(from, to), note).ToBytes());

            Assert.Equal((HttpStatusCode.OK, "text/plain"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
            var line = await response.Content.ReadAsStringAsync();
            Assert.EndsWith("\n", line, StringComparison.Ordinal);
            var signature = SignedNote.ReadSignature(line[..^1])!;
            Assert.True(key.Verifies(note.Text, signature));
            Assert.Equal(_time.GetUtcNow().ToUnixTimeSeconds(), (long)System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(signature.Bytes.Span));
        }
    }

    [Fact]
    public async Task Add_OtherOldSize_ConflictWithTheSizeAlsoAfterARestart()
    {
        await CosignedAsync(0, 16);
        await ConflictAsync(new WitnessRequest(0, [], Note(40)), "16\n");
        await ConflictAsync(new WitnessRequest(3, Proof(3, 40), Note(40)), "16\n");
        await ConflictAsync(new WitnessRequest(0, [], Note(3)), "16\n");

        _server = await Server.RestartAsync();

        await ConflictAsync(new WitnessRequest(0, [], Note(40)), "16\n");
        await CosignedAsync(16, 40);
    }

    [Fact]
    public async Task Add_NotShownToContinue_RefusedAndNothingIsRemembered()
    {
        await CosignedAsync(0, 16);
        WitnessRequest[] requests =
        [
            new(16, Proof(15, 40), Note(40)),
            new(16, [], Note(40)),
            new(16, Proof(16, 40), Note(40, Digest.Of("fork"u8))),
            new(16, [], Note(16, Digest.Of("fork"u8))),
            new(16, [Digest.Of("more"u8)], Note(16)),
            new(16, [.. Proof(16, 40), Digest.Of("more"u8)], Note(40)),
        ];

        foreach (var request in requests)
        {
            await (await SendAsync(request.ToBytes())).ProblemAsync("checkpoint-inconsistent");
        }

        await CosignedAsync(16, 40);
    }

    [Fact]
    public async Task Add_FromNothing_NeedsAnEmptyProofAndTheEmptyRoot()
    {
        await (await SendAsync(new WitnessRequest(0, Proof(3, 16), Note(16)).ToBytes())).ProblemAsync("checkpoint-inconsistent");
        await (await SendAsync(new WitnessRequest(0, [], Note(0, Digest.Of("full"u8))).ToBytes())).ProblemAsync("checkpoint-inconsistent");
        await CosignedAsync(0, 0);
    }

    [Fact]
    public async Task Add_UnknownOrUnsigned_RefusedByStatus()
    {
        using var foreign = SigningKey.Create();
        var text = new Checkpoint(Origin, 3, Root(3)).ToText();
        var own = NoteKey.Sign(Origin, _log, text);
        var falseLine = own with { Bytes = new byte[64] };
        var unknownLine = NoteKey.Sign(Origin, foreign, text);

        await (await SendAsync(Request(LogCalls.Sign("other.example/log", _log, 3, Root(3))))).ProblemAsync("log-not-witnessed");
        await (await SendAsync(Request(LogCalls.Sign(Origin, foreign, 3, Root(3))))).ProblemAsync("checkpoint-untrusted");
        await (await SendAsync(new WitnessRequest(0, [], new SignedNote(text, [falseLine])).ToBytes())).ProblemAsync("checkpoint-untrusted");
        await (await SendAsync(new WitnessRequest(0, [], new SignedNote(text, [own, falseLine])).ToBytes())).ProblemAsync("checkpoint-untrusted");
        await (await SendAsync(new WitnessRequest(4, [], Note(3)).ToBytes())).ProblemAsync("malformed-request");
        using var cosigned = await SendAsync(new WitnessRequest(0, [], new SignedNote(text, [unknownLine, own])).ToBytes());
        Assert.Equal(HttpStatusCode.OK, cosigned.StatusCode);
    }

    [Fact]
    public async Task Add_Malformed_Refused()
    {
        var whole = new WitnessRequest(0, [], Note(3)).ToBytes();
        byte[][] bodies = [[], "old 0\n\n"u8.ToArray(), whole[1..], whole[..^1], [.. "old 00"u8, .. whole.AsSpan(5)], new byte[WitnessRequest.MaxSizeBytes]];

        foreach (var body in bodies)
        {
            await (await SendAsync(body)).ProblemAsync("malformed-request");
        }

        await (await SendAsync(new byte[WitnessRequest.MaxSizeBytes + 1])).ProblemAsync("body-too-large");
    }

    [Fact]
    public async Task Add_WithExtensionLines_Cosigned()
    {
        var text = new Checkpoint(Origin, 3, Root(3)).ToText() + "something else\n";
        var note = new SignedNote(text, [NoteKey.Sign(Origin, _log, text)]);

        using var response = await SendAsync(new WitnessRequest(0, [], note).ToBytes());

        Assert.True((await KeyAsync()).Verifies(text, SignedNote.ReadSignature((await response.Content.ReadAsStringAsync()).TrimEnd('\n'))!));
    }

    [Fact]
    public async Task Add_Concurrent_OneOfEachOldSizeIsCosigned()
    {
        var responses = await Task.WhenAll(Enumerable.Range(1, 20).Select(size => SendAsync(new WitnessRequest(0, [], Note(size)).ToBytes())));

        Assert.Equal(1, responses.Count(response => response.StatusCode == HttpStatusCode.OK));
        Assert.Equal(19, responses.Count(response => response.StatusCode == HttpStatusCode.Conflict));
    }

    [Fact]
    public async Task Start_WithoutTheRole_NoKeyIsMade()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });

        Assert.False(File.Exists(Path.Combine(server.DataDirectory, "witness.key")));
        Assert.True(File.Exists(_directory.File("witness.key")));
        await server.Http.GetAsync("api/v1/log/witness-key").ProblemAsync("log-not-witnessed");
        await server.Http.PostAsync("api/v1/log/add-checkpoint", new WitnessRequest(0, [], Note(3)).ToBytes(), MediaTypes.Text).ProblemAsync("log-not-witnessed");
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _log.Dispose();
        _directory.Dispose();
    }

    private static Digest Root(int size) => MerkleTree.Root(Leaves.AsSpan(0, size));

    private static IReadOnlyList<Digest> Proof(int from, int to)
    {
        var tiles = TileGrowth.Append(0, _ => throw new InvalidOperationException(), Leaves).Tiles.ToDictionary(tile => (tile.Path.Level, tile.Path.Index), tile => tile.Bytes);
        return MerkleProofs.Consistency(new TileNodes(to, path => tiles[(path.Level, path.Index)][..(path.Width * 32)]), from, to).Path;
    }

    private SignedNote Note(int size, Digest? root = null) => SignedNote.TryParse(LogCalls.Sign(Origin, _log, size, root ?? Root(size)))!;

    private static byte[] Request(byte[] note) => new WitnessRequest(0, [], SignedNote.TryParse(note)!).ToBytes();

    private async Task<NoteKey> KeyAsync() => NoteKey.TryParse((await Server.Http.GetStringAsync("api/v1/log/witness-key")).TrimEnd('\n'), out var key) ? key : throw new FormatException();

    private Task<HttpResponseMessage> SendAsync(byte[] body) => Server.Http.PostAsync("api/v1/log/add-checkpoint", body, null);

    private async Task CosignedAsync(int from, int to)
    {
        using var response = await SendAsync(new WitnessRequest(from, Proof(from, to), Note(to)).ToBytes());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private async Task ConflictAsync(WitnessRequest request, string size)
    {
        using var response = await SendAsync(request.ToBytes());
        Assert.Equal((HttpStatusCode.Conflict, "text/x.tlog.size", size), (response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync()));
    }
}
