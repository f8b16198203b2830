using System.Formats.Cbor;
using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Core.Execution;

/// <summary>A blob in CBOR: <c>[length, root]</c>.</summary>
internal static class BlobCbor
{
    public static void Write(CborWriter writer, Blob blob)
    {
        writer.WriteStartArray(2);
        writer.WriteInt64(blob.Length);
        writer.WriteDigest(blob.Root);
        writer.WriteEndArray();
    }

    public static Blob Read(ShapeReader reader, string name)
    {
        reader.Array(2, name);
        var length = reader.Integer($"{name} length");
        var blob = length >= 0 ? new Blob(length, reader.Digest($"{name} root")) : throw reader.Wrong($"{name} has a negative length.");
        reader.EndArray();
        return blob;
    }
}
