using System.Globalization;
using System.Text;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Tests.Statements;

namespace Ailee.Vcp.Core.Tests.Log;

/// <summary>
/// A log of <see cref="Size"/> entries: statements of executions, genesis, enrolments, certificate and divergences, then made-up digests, so that it has full tiles, a partial one and a
/// second level.
/// </summary>
internal static class SampleLog
{
    public const int Size = 600;

    public const string WitnessName = "witness.example/vcp";

    // Of the payloads. The kinds of standing came later and are not in this log, so that its published vectors stay what they are.
    private const int Logged = 7;

    private static readonly long FirstSecond = 1_767_225_600;

    public static SigningKey Key { get; } = SigningKey.FromSeed(Seed(0x40));

    public static SigningKey OtherKey { get; } = SigningKey.FromSeed(Seed(0xa0));

    public static SigningKey Orchestrator { get; } = SigningKey.FromSeed(Seed(0x60));

    public static SigningKey Witness { get; } = SigningKey.FromSeed(Seed(0x80));

    public static string Origin { get; } = "urn:vcp:log:" + Key.PublicKey.Id;

    public static NoteKey NoteKey { get; } = new(Origin, Key.PublicKey, NoteKeyType.Log);

    public static NoteKey WitnessKey { get; } = new(WitnessName, Witness.PublicKey, NoteKeyType.Witness);

    public static Evidence Evidence { get; } = new() { LogKey = NoteKey };

    public static IReadOnlyList<OrchestratorPayload> Payloads { get; } = [.. AllPayloads()];

    public static IReadOnlyList<OrchestratorStatement> Orchestrated { get; } =
        [.. Payloads.Select((payload, index) => OrchestratorStatement.Sign(Orchestrator, payload, FirstSecond + index, (ulong)index + 1))];

    /// <summary>The statements of the log's first entries, in order.</summary>
    public static IReadOnlyList<byte[]> Statements { get; } =
    [
        .. Orchestrated.Take(3).Select(statement => statement.Bytes.ToArray()),
        .. SampleRuns.All.Select(run => run.Sign().Encode()),
        .. Orchestrated.Take(Logged).Skip(3).Select(statement => statement.Bytes.ToArray()),
    ];

    public static IReadOnlyList<Digest> Entries { get; } =
    [
        .. Statements.Select(statement => Digest.Of(statement)),
        .. Enumerable.Range(Statements.Count, Size - Statements.Count).Select(index => Digest.Of(Encoding.UTF8.GetBytes(FillText(index)))),
    ];

    public static IReadOnlyList<Tile> Tiles { get; } = Append().Tiles;

    public static Digest RootOf(int size) => MerkleProofs.Root(Nodes, size);

    public static InclusionProof Inclusion(int index, int size) => MerkleProofs.Inclusion(Nodes, index, size);

    public static ConsistencyProof Consistency(int from, int to) => MerkleProofs.Consistency(Nodes, from, to);

    public static Checkpoint Checkpoint(int size) => new(Origin, size, RootOf(size));

    /// <summary>The checkpoint, signed by the log and cosigned by the witness.</summary>
    public static SignedNote Note(int size)
    {
        var text = Checkpoint(size).ToText();
        return new SignedNote(text, [NoteKey.Sign(Origin, Key, text), NoteKey.Cosign(WitnessName, Witness, text, CosignedAt(size))]);
    }

    public static DateTimeOffset CosignedAt(int size) => DateTimeOffset.FromUnixTimeSeconds(FirstSecond + size);

    /// <summary>The receipt of one of <see cref="Statements"/>.</summary>
    public static Receipt Receipt(int index, int size, SigningKey? key = null, string? origin = null) =>
        Core.Log.Receipt.Sign(key ?? Key, origin ?? Origin, SubjectOf(index), Inclusion(index, size), RootOf(size));

    /// <summary>One of <see cref="Statements"/> with its receipt.</summary>
    public static byte[] File(int index, int size) => File(index, Receipt(index, size).Bytes);

    public static byte[] File(int index, params ReadOnlyMemory<byte>[] receipts) => new TransparentStatement(Statements[index], receipts).Encode();

    public static string SubjectOf(int index) =>
        StatementVerifier.Verify(Statements[index], Evidence.None) is { Statement: { } execution } ? execution.Header.Subject
        : OrchestratorStatement.TryDecode(Statements[index], out _)!.Header.Subject;

    public static string FillText(int index) => "entry " + index.ToString(CultureInfo.InvariantCulture);

    public static byte[] Seed(byte first) => [.. Enumerable.Range(first, 32).Select(value => (byte)value)];

    private static TileNodes Nodes => new(Size, path => Tiles.Single(tile => tile.Path == path).Bytes);

    private static TileGrowth Append()
    {
        var leaves = Entries.Select(LogEntry.LeafHash).ToArray();
        return TileGrowth.Append(0, path => throw new InvalidOperationException($"An empty tree has no tile {path}."), leaves);
    }

    private static IEnumerable<OrchestratorPayload> AllPayloads()
    {
        var (first, second) = (SampleRuns.Command, SampleRuns.Function);
        var votes = new[] { (Run: first, Owner: "operator"), (Run: second, Owner: "Käthe & Söhne") }
            .Select(voter => new OrchestratorPayload.Vote(voter.Run.PublicKey.Id, voter.Owner, Digest.Of(voter.Run.Sign().Encode())))
            .OrderBy(vote => vote.Node.Thumbprint.ToHex(), StringComparer.Ordinal);
        yield return new OrchestratorPayload.Genesis(Origin, Key.PublicKey, "vcp-log-policy-v1");
        yield return new OrchestratorPayload.Enrolment(first.PublicKey, "operator", "built-in");
        yield return new OrchestratorPayload.Enrolment(second.PublicKey, "Käthe & Söhne", "node 2");
        yield return new OrchestratorPayload.Certificate(first.Task, SignedStatement.TryDecode(first.Sign().Encode(), out _)!.PayloadDigest, 2, 3, [.. votes]);
        yield return new OrchestratorPayload.Divergence(
            first.Task,
            ContentHash.Sha256,
            [Claim(first, "operator", null, Outcome.Completed), Claim(first, "operator", null, Outcome.Trapped)],
            new OrchestratorPayload.TraceDivergence("record", 1, 77));
        yield return new OrchestratorPayload.Divergence(
            second.Task,
            ContentHash.Sha256,
            [Claim(first, "operator", Digest.Of("a statement"u8), Outcome.OutOfFuel)],
            null);
        yield return new OrchestratorPayload.Divergence(
            second.Task,
            ContentHash.Sha256,
            [Claim(second, "Käthe & Söhne", Digest.Of("a statement"u8), Outcome.OutputLimit)],
            new OrchestratorPayload.TraceDivergence("output", null, null));
        yield return new OrchestratorPayload.Revocation(first.PublicKey.Id, "sold");
        yield return new OrchestratorPayload.Quarantine(second.PublicKey.Id, "3 strikes: divergent");
        yield return new OrchestratorPayload.Release(second.PublicKey.Id);
        yield return new OrchestratorPayload.Rotation(second.PublicKey.Id, OtherKey.PublicKey, "Käthe & Söhne", "node 2");
    }

    private static OrchestratorPayload.Claim Claim(SampleRun run, string owner, Digest? statement, Outcome outcome) => new(
        run.PublicKey.Id, owner, statement, outcome, outcome == Outcome.Completed ? 0 : StatementPayload.NoExit, run.Payload.Output, run.Instructions, run.Payload.TraceRoot);
}
