using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Traces;

namespace Ailee.Vcp.Crash.Nodes;

/// <summary>A result that the guest did not produce, in a statement that is sound in itself.</summary>
internal static class NodeLie
{
    public static LeaseReport About(LeaseReport honest, Func<StatementPayload, SignedStatement> sign)
    {
        var payload = SignedStatement.TryDecode(honest.Statement!.Value, out _)!.Payload;
        var output = OutputRecord.TryDecode(honest.Output, out _)!;
        var encoded = (output with { Results = [output.Results[0] with { Bits = output.Results[0].Bits ^ 1 }] }).Encode();
        payload = payload with { Output = payload.Hash.Of(encoded) };
        var finish = TraceLeaf.Encode(new TraceItem.Finish(payload.Outcome, payload.ExitCode, payload.Output, payload.Instructions, payload.MemoryPages));
        IReadOnlyList<ReadOnlyMemory<byte>> leaves = [.. honest.TraceLeaves.SkipLast(1), finish];
        var hashes = leaves.Select(leaf => payload.Hash.Leaf(leaf.Span)).ToArray();
        payload = payload with { TraceRoot = new KeptTrace(payload.Hash, hashes, []).Root() };
        return honest with { Statement = sign(payload).Bytes, Output = encoded, TraceLeaves = leaves, TraceHashes = hashes.SelectMany(hash => hash.ToArray()).ToArray() };
    }
}
