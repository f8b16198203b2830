using System.Text.Json.Serialization;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Client.Tasks;

/// <summary>A part of an output, and what shows that a statement commits to it without the rest.</summary>
public sealed record OutputProofView
{
    /// <summary>The statement: id of a proof.</summary>
    public required string Proof { get; init; }

    /// <summary>The output record in base64: the bytes under key 10 of the statement.</summary>
    public required byte[] Record { get; init; }

    /// <summary>Which of the record's blobs.</summary>
    public required OutputBlobView Blob { get; init; }

    /// <summary>Where the part begins.</summary>
    public required long Offset { get; init; }

    /// <summary>How many bytes it has; 0 only for the whole of a blob without bytes.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Every chunk that the part touches, whole, in order.</summary>
    public required IReadOnlyList<OutputChunkView> Chunks { get; init; }

    /// <summary>What a verifier takes.</summary>
    /// <param name="hash">The hash that the statement names.</param>
    /// <exception cref="FormatException">A member is malformed.</exception>
    public ChunkEvidence ToEvidence(ContentHash hash)
    {
        var name = OutputBlobName.TryParse(Blob.Stream, Blob.File) ?? throw new FormatException("A blob is a stream, stdout or stderr, or a file.");
        var blob = new Blob(Blob.SizeBytes, hash.Parse(Blob.Root));
        return new ChunkEvidence(Record, name, new BlobProof(blob, Offset, SizeBytes, [.. Chunks.Select(chunk => ToChunk(hash, chunk))]));
    }

    // Elements may be null, whatever their type says.
    private static BlobChunk ToChunk(ContentHash hash, OutputChunkView? chunk) => chunk is null
        ? throw new FormatException("A chunk is null.")
        : new BlobChunk(chunk.Index, chunk.Bytes, [.. chunk.Path.Select(hash.Parse)]);
}

/// <summary>A blob of an output record: a stream or a file. Believe the record, not this.</summary>
public sealed record OutputBlobView
{
    /// <summary><c>stdout</c> or <c>stderr</c>; absent for a file.</summary>
    public string? Stream { get; init; }

    /// <summary>Path of a file; absent for a stream.</summary>
    public string? File { get; init; }

    /// <summary>How many bytes the whole has.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Root of the tree over its chunks.</summary>
    public required string Root { get; init; }
}

/// <summary>A chunk of 64 KiB, the last one maybe shorter.</summary>
public sealed record OutputChunkView
{
    /// <summary>Index of the chunk, from 0; it begins at this many times 65536.</summary>
    public required long Index { get; init; }

    /// <summary>Its bytes.</summary>
    [JsonPropertyName("base64")]
    public required byte[] Bytes { get; init; }

    /// <summary>Sibling hashes from the chunk up to the root (RFC 9162 §2.1.3).</summary>
    public required IReadOnlyList<string> Path { get; init; }
}
