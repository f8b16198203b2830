using System.Text;
using System.Text.Json;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Fuzz;

/// <summary>The valid samples of tests/Vectors, and what is true of their log.</summary>
internal sealed class FormatCorpus
{
    private readonly List<Digest> _leaves = [];

    public FormatCorpus()
    {
        using var log = Read("log.json");
        using var orchestrated = Read("orchestrator-statements.json");
        using var executions = Read("statements.json");
        var root = log.RootElement;
        Key = NoteKey.TryParse(root.GetProperty("verifierKey").GetString(), out var key) ? key : throw new InvalidDataException("No key.");
        foreach (var statement in Hex(root, "statementsHex"))
        {
            _leaves.Add(LogEntry.LeafHash(Digest.Of(statement)));
        }

        for (var index = _leaves.Count; index < root.GetProperty("size").GetInt32(); index++)
        {
            _leaves.Add(LogEntry.LeafHash(Digest.Of(Encoding.UTF8.GetBytes(FormattableString.Invariant($"entry {index}")))));
        }

        Files = [.. Each(root, "receipts", "transparentHex")];
        Receipts = [.. Each(root, "receipts", "receiptHex")];
        Statements = [.. Each(executions.RootElement, "statementHex"), .. Each(orchestrated.RootElement, "statementHex")];
        Notes = [.. root.GetProperty("checkpoints").EnumerateArray().Select(one => one.GetProperty("note").GetString()!)];
        Paths = [.. new[] { "tiles", "entryBundles" }.SelectMany(name => root.GetProperty(name).EnumerateArray()).Select(tile => tile.GetProperty("path").GetString()!), "3/x001/x234/067.p/17"];
        Keys = [root.GetProperty("verifierKey").GetString()!, root.GetProperty("witnessVerifierKey").GetString()!];
        Ids = [.. Statements.Concat(Hex(root, "statementsHex")).Select(statement => Digest.Of(statement))];
        Genuine = [.. Files.Select(file => Positions(file).Single())];
    }

    /// <summary>The log's key.</summary>
    public NoteKey Key { get; }

    /// <summary>Statements with their receipts.</summary>
    public IReadOnlyList<byte[]> Files { get; }

    public IReadOnlyList<byte[]> Receipts { get; }

    /// <summary>Statements of every kind, without receipts.</summary>
    public IReadOnlyList<byte[]> Statements { get; }

    /// <summary>The ids of all statements that somebody signed.</summary>
    public HashSet<Digest> Ids { get; }

    public IReadOnlyList<string> Notes { get; }

    public IReadOnlyList<string> Paths { get; }

    public IReadOnlyList<string> Keys { get; }

    /// <summary>What the samples' receipts say.</summary>
    public HashSet<Position> Genuine { get; }

    /// <summary>What the receipts of a file by the log's key say.</summary>
    public IEnumerable<Position> Positions(byte[] file)
    {
        var parts = TransparentStatement.TryDecode(file, out _)!;
        var id = Digest.Of(parts.Statement.Span);
        return parts.Receipts.Select(bytes => Receipt.TryDecode(bytes, out _)!).Where(receipt => receipt.KeyId == Key.Key.Id.Thumbprint).Select(receipt =>
            new Position(id, receipt.RootFor(id)!.Value, receipt.Proof.Index, receipt.Proof.Size));
    }

    /// <summary>The root that the log's checkpoint of a size has; null if there is none.</summary>
    public Digest? RootOf(long size) =>
        size >= 0 && size <= _leaves.Count ? Core.Merkle.MerkleTree.Root(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_leaves)[..(int)size]) : null;

    private static JsonDocument Read(string name) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", name)));

    private static IEnumerable<byte[]> Hex(JsonElement element, string name) =>
        element.GetProperty(name).EnumerateArray().Select(item => Convert.FromHexString(item.GetString()!));

    private static IEnumerable<byte[]> Each(JsonElement element, string list, string name) => Each(element.GetProperty(list), name);

    private static IEnumerable<byte[]> Each(JsonElement list, string name) =>
        list.EnumerateArray().Select(item => Convert.FromHexString(item.GetProperty(name).GetString()!));
}

/// <summary>What a receipt says of a statement.</summary>
internal sealed record Position(Digest Statement, Digest Root, long Index, long Size);
