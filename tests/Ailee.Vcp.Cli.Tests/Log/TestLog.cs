using System.Buffers.Binary;
using System.Text;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Cli.Tests.Log;

/// <summary>A log in memory, with its tiles as a server stores them. The keys are the same in each, so two of them are forks of one log.</summary>
internal sealed class TestLog
{
    private readonly Dictionary<Digest, byte[]> _statements = [];
    private readonly List<Digest> _entries = [];

    // A server answers several requests at once, and a test may append meanwhile.
    private readonly Lock _gate = new();

    /// <summary>A log of its genesis.</summary>
    public TestLog()
    {
        Add(new OrchestratorPayload.Genesis(Origin, Key.PublicKey, "vcp-log-policy-v1"));
    }

    /// <summary>A log of its genesis and entries that no statement stands behind, but bytes.</summary>
    public TestLog(int size, string name = "entry")
        : this() => Fill(size, name);

    public static SigningKey Key { get; } = SigningKey.FromSeed([.. Enumerable.Range(0x40, 32).Select(value => (byte)value)]);

    public static SigningKey Orchestrator { get; } = SigningKey.FromSeed([.. Enumerable.Range(0x60, 32).Select(value => (byte)value)]);

    public static string Origin { get; } = "urn:vcp:log:" + Key.PublicKey.Id;

    public static NoteKey NoteKey { get; } = new(Origin, Key.PublicKey, NoteKeyType.Log);

    public IReadOnlyList<Digest> Entries => _entries;

    /// <summary>Hashes by level and index, the last of a level as wide as it has grown.</summary>
    public Dictionary<(int Level, long Index), byte[]> Tiles { get; } = [];

    public long Size { get; private set; }

    public Digest Root { get; private set; } = MerkleHash.Empty;

    public byte[] Statement(Digest id) => _statements[id];

    /// <summary>Appends a statement of the orchestrator.</summary>
    public Digest Add(OrchestratorPayload payload) => Add(OrchestratorStatement.Sign(Orchestrator, payload, 1_700_000_000, (ulong)Size + 1).Bytes.ToArray());

    /// <summary>Appends bytes by their digest.</summary>
    public Digest Add(byte[] statement)
    {
        var id = Digest.Of(statement);
        lock (_gate)
        {
            _statements.Add(id, statement);
            Append([id]);
        }

        return id;
    }

    public void Fill(int size, string name = "entry")
    {
        var added = Enumerable.Range((int)Size, size - (int)Size).Select(index => Encoding.UTF8.GetBytes($"{name} {index}")).ToList();
        added.ForEach(bytes => _statements[Digest.Of(bytes)] = bytes);
        Append([.. added.Select(bytes => Digest.Of(bytes))]);
    }

    public byte[] Note(long? size = null)
    {
        lock (_gate)
        {
            return Note(size ?? Size, RootOf(size ?? Size));
        }
    }

    public static byte[] Note(long size, Digest root, SigningKey? key = null)
    {
        var text = new Checkpoint(Origin, size, root).ToText();
        return new SignedNote(text, [NoteKey.Sign(Origin, key ?? Key, text)]).ToBytes();
    }

    /// <summary>A statement with a receipt of the log as it is.</summary>
    public byte[] Transparent(Digest id)
    {
        lock (_gate)
        {
            var report = StatementVerifier.Verify(_statements[id], Evidence.None);
            var subject = (report.Statement?.Header ?? report.Orchestrator!.Header).Subject;
            var proof = MerkleProofs.Inclusion(Nodes(Size), _entries.IndexOf(id), Size);
            return new TransparentStatement(_statements[id], [Receipt.Sign(Key, Origin, subject, proof, Root).Bytes]).Encode();
        }
    }

    public ConsistencyProof Consistency(long from, long to) => MerkleProofs.Consistency(Nodes(to), from, to);

    public Digest RootOf(long size) => MerkleProofs.Root(Nodes(size), size);

    /// <summary>The bytes of a tile or an entry bundle, or null if there is none so wide.</summary>
    public byte[]? Tile(TilePath path)
    {
        if (path.Width > TilePath.WidthAt(path.Level, path.Index, Size))
        {
            return null;
        }

        if (path.Level != TilePath.EntriesLevel)
        {
            return Tiles.GetValueOrDefault((path.Level, path.Index))?[..(path.Width * Digest.SizeBytes)];
        }

        var bundle = new byte[path.Width * 34];
        for (var i = 0; i < path.Width; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bundle.AsSpan(i * 34), Digest.SizeBytes);
            _entries[(int)(path.Index * TilePath.FullWidth) + i].CopyTo(bundle.AsSpan((i * 34) + 2));
        }

        return bundle;
    }

    private void Append(Digest[] entries)
    {
        var growth = TileGrowth.Append(Size, path => Tiles[(path.Level, path.Index)], [.. entries.Select(LogEntry.LeafHash)]);
        (Size, Root) = (growth.Size, growth.Root);
        _entries.AddRange(entries);
        foreach (var tile in growth.Tiles)
        {
            Tiles[(tile.Path.Level, tile.Path.Index)] = tile.Bytes.ToArray();
        }
    }

    private TileNodes Nodes(long size) => new(size, path => Tiles[(path.Level, path.Index)].AsMemory(0, path.Width * Digest.SizeBytes));
}
