using System.Buffers.Binary;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Tests.Log;

namespace Ailee.Vcp.Core.Tests.Vectors;

/// <summary>
/// log.json: a log, whose first entries are the ids of <paramref name="StatementsHex"/> and whose others are the SHA-256 of "entry "
/// and their index.
/// </summary>
internal sealed record LogVector(
    string PrivateKeySeed,
    string Origin,
    string VerifierKey,
    string WitnessSeed,
    string WitnessName,
    string WitnessVerifierKey,
    int Size,
    IReadOnlyList<string> StatementsHex,
    IReadOnlyList<CheckpointVector> Checkpoints,
    IReadOnlyList<TileVector> Tiles,
    IReadOnlyList<TileVector> EntryBundles,
    IReadOnlyList<ReceiptVector> Receipts,
    IReadOnlyList<ConsistencyVector> Consistency)
{
    private const int HexBytes = 512;

    public static LogVector All { get; } = new(
        VectorFile.Hex(SampleLog.Key.ExportSeed()),
        SampleLog.Origin,
        SampleLog.NoteKey.ToString(),
        VectorFile.Hex(SampleLog.Witness.ExportSeed()),
        SampleLog.WitnessName,
        SampleLog.WitnessKey.ToString(),
        SampleLog.Size,
        [.. SampleLog.Statements.Select(statement => VectorFile.Hex(statement))],
        [.. ((int[])[1, 2, 17, 255, 256, 257, 600]).Select(CheckpointVector.Of)],
        [.. SampleLog.Tiles.Select(tile => Tile(tile.Path, tile.Bytes.ToArray()))],
        [.. SampleLog.Tiles.Where(tile => tile.Path.Level == 0).Select(tile => Bundle(tile.Path with { Level = TilePath.EntriesLevel }))],
        [.. ReceiptVector.All()],
        [.. ((IReadOnlyList<(int, int)>)[(0, 600), (1, 2), (1, 600), (17, 255), (255, 256), (256, 257), (256, 600), (512, 600), (599, 600), (600, 600)]).Select(ConsistencyVector.Of)]);

    private static TileVector Tile(TilePath path, byte[] bytes) =>
        new(path.ToString(), bytes.Length, Digest.Of(bytes).ToHex(), bytes.Length <= HexBytes ? VectorFile.Hex(bytes) : null);

    private static TileVector Bundle(TilePath path)
    {
        var length = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(length, Digest.SizeBytes);
        var first = (int)path.Index * TilePath.FullWidth;
        return Tile(path, [.. SampleLog.Entries.Skip(first).Take(path.Width).SelectMany(entry => (byte[])[.. length, .. entry.ToArray()])]);
    }
}

/// <summary>A checkpoint, signed by the log and cosigned by the witness at a time.</summary>
internal sealed record CheckpointVector(int Size, string Root, string Text, string CosignedAt, string Note)
{
    public static CheckpointVector Of(int size) => new(
        size,
        SampleLog.RootOf(size).ToHex(),
        SampleLog.Checkpoint(size).ToText(),
        SampleLog.CosignedAt(size).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture),
        SampleLog.Note(size).ToString());
}

/// <summary>A tile or an entry bundle: its name, length and SHA-256, and its bytes if they are few.</summary>
internal sealed record TileVector(string Path, int Bytes, string Sha256, string? Hex);

/// <summary>The receipt of the statement at an index, at a size, and the file that carries it.</summary>
internal sealed record ReceiptVector(int Index, int Size, string Subject, IReadOnlyList<string> Path, string Root, string ReceiptHex, string TransparentHex)
{
    public static IEnumerable<ReceiptVector> All()
    {
        for (var index = 0; index < SampleLog.Statements.Count; index++)
        {
            yield return Of(index, SampleLog.Size);
        }

        foreach (var (index, size) in (IReadOnlyList<(int, int)>)[(0, 2), (5, 17), (5, 256), (5, 257), (16, 17)])
        {
            yield return Of(index, size);
        }
    }

    private static ReceiptVector Of(int index, int size) => new(
        index,
        size,
        SampleLog.SubjectOf(index),
        [.. SampleLog.Inclusion(index, size).Path.Select(hash => hash.ToHex())],
        SampleLog.RootOf(size).ToHex(),
        VectorFile.Hex(SampleLog.Receipt(index, size).Bytes.Span),
        VectorFile.Hex(SampleLog.File(index, size)));
}

internal sealed record ConsistencyVector(int From, int To, string FromRoot, string ToRoot, IReadOnlyList<string> Path)
{
    public static ConsistencyVector Of((int From, int To) sizes) => new(
        sizes.From,
        sizes.To,
        SampleLog.RootOf(sizes.From).ToHex(),
        SampleLog.RootOf(sizes.To).ToHex(),
        [.. SampleLog.Consistency(sizes.From, sizes.To).Path.Select(hash => hash.ToHex())]);
}
