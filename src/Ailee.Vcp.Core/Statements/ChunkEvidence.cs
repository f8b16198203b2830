using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Core.Statements;

/// <summary>A part of an output, and what leads from it to a statement.</summary>
/// <param name="Record">The output record: the bytes under key 10 of the statement.</param>
/// <param name="Name">Which of its blobs the part is of.</param>
/// <param name="Proof">The part. Its blob must be the record's.</param>
public sealed record ChunkEvidence(ReadOnlyMemory<byte> Record, OutputBlobName Name, BlobProof Proof)
{
    /// <summary>Name of the check.</summary>
    public const string CheckName = "chunk";

    /// <summary>Checks that a statement commits to the part. Takes anything and does not throw.</summary>
    public StatementCheck Check(StatementPayload payload)
    {
        var problem = FindProblem(payload);
        return new StatementCheck(CheckName, problem is null, problem ?? Describe());
    }

    private string? FindProblem(StatementPayload payload)
    {
        var hash = payload.Hash;
        if (!hash.IsSupported)
        {
            return hash.Unsupported;
        }

        // The digest first: decoding what belongs to no statement would be work for whoever sends it.
        if (hash.Of(Record.Span) != payload.Output)
        {
            return "The output record given is not the one that the statement names.";
        }

        if (OutputRecord.TryDecode(Record, out var fault) is not { } record)
        {
            return fault!.Detail;
        }

        return Name.FindIn(record) is not { } blob ? $"The output has no file {Name}."
            : Proof.Blob != blob ? $"The output commits to {blob.Length} bytes of {Name} with root {hash.Text(blob.Root)}, not to {Proof.Blob.Length} with root {hash.Text(Proof.Blob.Root)}."
            : Proof.Verify(out var problem, hash) ? null
            : problem;
    }

    private string Describe() => Proof.Length == 0
        ? $"The statement commits to no bytes of {Name}."
        : $"Bytes {Proof.Offset} to {Proof.Offset + Proof.Length - 1} are those of the {Proof.Blob.Length} of {Name} that the statement commits to.";
}
