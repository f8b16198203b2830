using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using System.Text;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Execution;

namespace Ailee.Vcp.Client.Mesh;

/// <summary>
/// Result content as deterministic CBOR (docs/design/mesh.md): <c>[output record, stdout, stderr, {path: file}, trace hashes, [leaf, …]]</c>,
/// all byte strings but the paths, which are text.
/// </summary>
public static class ResultContentCodec
{
    private const int Elements = 6;

    /// <summary>Encodes. There is one encoding.</summary>
    public static byte[] Encode(ResultContent content) => CborWriting.Encode(content, static (writer, content) =>
    {
        writer.WriteStartArray(Elements);
        writer.WriteByteString(content.Output.Span);
        writer.WriteByteString(content.Stdout.Span);
        writer.WriteByteString(content.Stderr.Span);
        writer.WriteStartMap(content.Files.Count);
        foreach (var (path, bytes) in content.Files.OrderBy(file => file.Key, OutputFile.Order))
        {
            writer.WriteTextString(path);
            writer.WriteByteString(bytes.Span);
        }

        writer.WriteEndMap();
        writer.WriteByteString(content.TraceHashes.Span);
        writer.WriteStartArray(content.TraceLeaves.Count);
        foreach (var leaf in content.TraceLeaves)
        {
            writer.WriteByteString(leaf.Span);
        }

        writer.WriteEndArray();
        writer.WriteEndArray();
    });

    /// <summary>
    /// Decodes what <see cref="Encode"/> writes and nothing else; whatever the bytes are, nothing is thrown. What is within the byte
    /// strings is not looked at. The content is views into the data, which must not change while it is used.
    /// </summary>
    /// <param name="data">The bytes.</param>
    /// <param name="maxBytes">Most bytes that are looked at; more are refused.</param>
    /// <param name="content">The content.</param>
    /// <param name="fault">Why there is none.</param>
    public static bool TryDecode(ReadOnlyMemory<byte> data, long maxBytes, [NotNullWhen(true)] out ResultContent? content, [NotNullWhen(false)] out CborFault? fault)
    {
        content = null;
        if (data.Length > maxBytes)
        {
            fault = Wrong($"more than {maxBytes} bytes.");
            return false;
        }

        fault = DeterministicCbor.Check(data.Span);
        if (fault is not null)
        {
            return false;
        }

        // Lax: order, duplicates, widths and UTF-8 have just been checked.
        var reader = new CborReader(data, CborConformanceMode.Lax);
        fault = Read(reader, out content);
        return fault is null;
    }

    private static CborFault? Read(CborReader reader, out ResultContent? content)
    {
        content = null;
        if (reader.PeekState() != CborReaderState.StartArray || reader.ReadStartArray() != Elements)
        {
            return Wrong($"an array of {Elements} expected.");
        }

        if (!TryBytes(reader, out var output) || !TryBytes(reader, out var stdout) || !TryBytes(reader, out var stderr))
        {
            return Wrong("output record, stdout and stderr must be byte strings.");
        }

        if (ReadFiles(reader, out var files) is { } wrongFiles)
        {
            return wrongFiles;
        }

        if (!TryBytes(reader, out var hashes) || hashes.Length % Digest.SizeBytes != 0)
        {
            return Wrong($"trace hashes must be a byte string of {Digest.SizeBytes} bytes for each leaf.");
        }

        if (ReadLeaves(reader, hashes.Length / Digest.SizeBytes, out var leaves) is { } wrongLeaves)
        {
            return wrongLeaves;
        }

        content = new ResultContent { Output = output, Stdout = stdout, Stderr = stderr, Files = files, TraceHashes = hashes, TraceLeaves = leaves };
        return null;
    }

    private static CborFault? ReadFiles(CborReader reader, out Dictionary<string, ReadOnlyMemory<byte>> files)
    {
        files = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        if (reader.PeekState() != CborReaderState.StartMap)
        {
            return Wrong("files must be a map.");
        }

        reader.ReadStartMap();
        // The sum bounds the number too: all paths differ.
        var pathBytes = 0;
        while (reader.PeekState() != CborReaderState.EndMap)
        {
            if (reader.PeekState() != CborReaderState.TextString)
            {
                return Wrong("a path must be text.");
            }

            var path = reader.ReadDefiniteLengthTextStringBytes();
            pathBytes += path.Length;
            if (path.Length > OutputFile.MaxPathBytes || pathBytes > OutputFile.MaxPathsBytes)
            {
                return Wrong("paths are too long.");
            }

            if (!TryBytes(reader, out var bytes))
            {
                return Wrong("a file must be a byte string.");
            }

            files.Add(Encoding.UTF8.GetString(path.Span), bytes);
        }

        reader.ReadEndMap();
        return null;
    }

    private static CborFault? ReadLeaves(CborReader reader, int most, out ReadOnlyMemory<byte>[] leaves)
    {
        leaves = [];
        if (reader.PeekState() != CborReaderState.StartArray || reader.ReadStartArray() is not { } count || count > most)
        {
            return Wrong("leaves must be an array of no more than there are trace hashes.");
        }

        leaves = new ReadOnlyMemory<byte>[count];
        for (var i = 0; i < count; i++)
        {
            if (!TryBytes(reader, out leaves[i]))
            {
                return Wrong("a leaf must be a byte string.");
            }
        }

        return null;
    }

    private static bool TryBytes(CborReader reader, out ReadOnlyMemory<byte> bytes)
    {
        var isBytes = reader.PeekState() == CborReaderState.ByteString;
        bytes = isBytes ? reader.ReadDefiniteLengthByteString() : default;
        return isBytes;
    }

    private static CborFault Wrong(string detail) => new(CborFaultKind.WrongShape, $"result content: {detail}");
}
