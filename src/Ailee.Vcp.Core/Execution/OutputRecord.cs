using System.Formats.Cbor;
using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Core.Execution;

/// <summary>
/// Everything that a guest gave back. Its canonical encoding is what the output digest hashes (docs/design/statement.md,
/// "Output").
/// </summary>
public sealed record OutputRecord
{
    /// <summary>Longest trap name, in bytes.</summary>
    public const int MaxTrapNameBytes = 64;

    /// <summary>
    /// Longer than any record that passes the check of limits: so many files have no paths that are together within
    /// <see cref="OutputFile.MaxPathsBytes"/> and all differ.
    /// </summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>Commitment to stdout.</summary>
    public Blob Stdout { get; init; } = Blob.Empty;

    /// <summary>Commitment to stderr.</summary>
    public Blob Stderr { get; init; } = Blob.Empty;

    /// <summary>What an exported function returned; empty for a command and unless it completed.</summary>
    public IReadOnlyList<ScalarValue> Results { get; init; } = [];

    /// <summary>Name of the trap (docs/design/sandbox.md), or null if none ended the guest.</summary>
    public string? Trap { get; init; }

    /// <summary>The scratch files that the invocation's outputs name, by path, in the order in which they are encoded.</summary>
    public IReadOnlyList<OutputFile> Files { get; init; } = [];

    /// <summary>The canonical encoding: <c>[stdout, stderr, results, trap, files]</c>.</summary>
    public byte[] Encode() => CborWriting.Encode(this, static (writer, output) => output.Write(writer));

    /// <summary>Reads the canonical encoding. Null and a fault if the bytes are anything else.</summary>
    public static OutputRecord? TryDecode(ReadOnlyMemory<byte> data, out CborFault? fault) =>
        ShapeDecoding.Try(() => Read(new ShapeReader(data, "output")), out fault);

    private void Write(CborWriter writer)
    {
        writer.WriteStartArray(5);
        BlobCbor.Write(writer, Stdout);
        BlobCbor.Write(writer, Stderr);
        writer.WriteStartArray(Results.Count);
        foreach (var result in Results)
        {
            result.Write(writer);
        }

        writer.WriteEndArray();
        if (Trap is null)
        {
            writer.WriteNull();
        }
        else
        {
            writer.WriteTextString(Trap);
        }

        writer.WriteStartMap(Files.Count);
        foreach (var file in Files)
        {
            writer.WriteTextString(file.Path);
            BlobCbor.Write(writer, file.Content);
        }

        writer.WriteEndMap();
        writer.WriteEndArray();
    }

    private static OutputRecord Read(ShapeReader reader)
    {
        reader.Array(5, "the output");
        var stdout = BlobCbor.Read(reader, "stdout");
        var stderr = BlobCbor.Read(reader, "stderr");
        var results = new List<ScalarValue>();
        for (var left = reader.Array("results"); left > 0; left--)
        {
            results.Add(ScalarValue.Read(reader));
        }

        reader.EndArray();
        var trap = reader.TryNull() ? null : reader.Text("the trap", MaxTrapNameBytes);
        var files = new List<OutputFile>();
        for (var left = reader.Map("files"); left > 0; left--)
        {
            files.Add(new OutputFile(reader.Text("a file's path", OutputFile.MaxPathBytes), BlobCbor.Read(reader, "a file")));
        }

        reader.EndMap();
        reader.EndArray();
        return new OutputRecord { Stdout = stdout, Stderr = stderr, Results = results, Trap = trap, Files = files };
    }
}
