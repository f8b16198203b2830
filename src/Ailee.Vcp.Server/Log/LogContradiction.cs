using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Log;

/// <summary>What a checkpoint, signed with the log's own key, says against the log as it is stored.</summary>
/// <param name="Kind"><see cref="Problems.LogBehind"/> or <see cref="Problems.LogForked"/>.</param>
/// <param name="Detail">A sentence for people.</param>
internal sealed record LogContradiction(ProblemKind Kind, string Detail)
{
    private const string Advice = "Nothing is signed any more. Put the newest data directory back, or begin a new log in an empty one; see docs/operations/log.md.";

    /// <summary>Null if the tree continues what was seen.</summary>
    public static LogContradiction? Find(IReadTransaction transaction, LogTree tree, Checkpoint seen) =>
        seen.Size > tree.Size
            ? new LogContradiction(Problems.LogBehind, $"The log {tree.Origin} has {tree.Size} entries, but a checkpoint of {seen.Size} entries was signed: this data directory is an older copy.")
            : MerkleProofs.Root(PublishedLog.Nodes(transaction, tree.Size), seen.Size) != seen.Root
                ? new LogContradiction(Problems.LogForked, $"The log {tree.Origin} had another root at {seen.Size} entries than a checkpoint that was signed: two servers went on from the same data.")
                : null;

    /// <summary>Code, reason and what to do, in one line.</summary>
    public override string ToString() => $"{Kind.Code}: {Detail} {Advice}";
}
