using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Core.Log;

/// <summary>An entry of a log is the id of a statement: 32 bytes, so nothing of whoever asked for it leaks and no entry is too large.</summary>
public static class LogEntry
{
    /// <summary>The hash of the leaf that holds a statement's id.</summary>
    public static Digest LeafHash(Digest statementId)
    {
        Span<byte> entry = stackalloc byte[Digest.SizeBytes];
        statementId.CopyTo(entry);
        return MerkleHash.Leaf(entry);
    }
}
