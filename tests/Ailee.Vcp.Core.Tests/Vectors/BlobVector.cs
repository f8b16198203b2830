using System.Formats.Cbor;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Core.Tests.Vectors;

/// <summary>
/// An entry of blobs.json. The data are <paramref name="PatternHex"/> repeated and cut at <paramref name="Length"/>;
/// <paramref name="Hex"/> is the CBOR array <c>[length, root]</c>.
/// </summary>
internal sealed record BlobVector(string Name, string PatternHex, int Length, int Chunks, string Root, string Hex)
{
    // 251 is prime, so that no chunk equals another.
    private static readonly byte[] Pattern = [.. Enumerable.Range(0, 251).Select(value => (byte)value)];

    public static IReadOnlyList<BlobVector> All { get; } =
    [
        Of("nothing", Pattern, 0),
        Of("one byte", Pattern, 1),
        Of("one zero byte", [0x00], 1),
        Of("a chunk less one", Pattern, 65_535),
        Of("a chunk", Pattern, 65_536),
        Of("a chunk and one", Pattern, 65_537),
        Of("two chunks", Pattern, 131_072),
        Of("two chunks and one", Pattern, 131_073),
        Of("three chunks", Pattern, 196_608),
        Of("seven chunks and a part", Pattern, 500_000),
        Of("two chunks of zeros", [0x00], 131_072),
    ];

    public byte[] Data() => Repeat(VectorFile.Bytes(PatternHex), Length);

    private static BlobVector Of(string name, byte[] pattern, int length)
    {
        var blob = Blob.Of(Repeat(pattern, length));
        var writer = new CborWriter(CborConformanceMode.Strict);
        BlobCbor.Write(writer, blob);
        var chunks = (length + Blob.ChunkSizeBytes - 1) / Blob.ChunkSizeBytes;
        return new BlobVector(name, VectorFile.Hex(pattern), length, chunks, blob.Root.ToHex(), VectorFile.Hex(writer.Encode()));
    }

    private static byte[] Repeat(byte[] pattern, int length) =>
        [.. Enumerable.Range(0, length).Select(index => pattern[index % pattern.Length])];
}
