using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Traces;

namespace Ailee.Vcp.ProductionDemo.Liars;

/// <summary>
/// Makes a lie of a true report: another output, with everything that follows from it worked out anew and signed with the node's own key. No
/// check of the report by itself can tell; only another node's word can.
/// </summary>
internal static class Lie
{
    private const int ForgedBytes = 8;

    /// <param name="report">A report with a statement.</param>
    /// <param name="key">The node's key.</param>
    /// <param name="issuedAtSeconds">The time of the lie, in Unix seconds.</param>
    /// <param name="counter">A counter that the key never used.</param>
    public static LeaseReport Of(LeaseReport report, SigningKey key, long issuedAtSeconds, ulong counter)
    {
        var truth = SignedStatement.TryDecode(report.Statement!.Value, out _)!.Payload;
        var record = OutputRecord.TryDecode(report.Output, out _)!;
        // Out of its own key, so that two liars do not tell the same lie and outvote the truth together.
        var mark = key.PublicKey.Id.Thumbprint.ToArray();
        var stdout = report.Stdout.ToArray();
        if (record.Results is [var result, ..])
        {
            record = record with { Results = [result with { Bits = result.Bits ^ BitConverter.ToUInt32(mark) }, .. record.Results.Skip(1)] };
        }
        else
        {
            var kept = Math.Max(0, stdout.Length - ForgedBytes);
            stdout = [.. stdout[..kept], .. mark[..ForgedBytes]];
            record = record with { Stdout = Blob.Of(stdout, truth.Hash) };
        }

        var output = record.Encode();
        var payload = truth with
        {
            Output = truth.Hash.Of(output),
            Gas = truth.Gas + (GasSchedule.OutputByte * (output.Length + stdout.Length - report.Output.Length - report.Stdout.Length)),
        };
        var (root, hashes, leaves) = Trace(report, payload);
        payload = (payload with { TraceRoot = root }).WithExecutionHash();
        return report with
        {
            Statement = SignedStatement.Sign(key, payload, issuedAtSeconds, counter).Bytes,
            Output = output,
            Stdout = stdout,
            TraceHashes = hashes,
            TraceLeaves = leaves,
        };
    }

    // The last leaf says how the run ended, and must say the same as the statement.
    private static (Digest Root, byte[] Hashes, IReadOnlyList<ReadOnlyMemory<byte>> Leaves) Trace(LeaseReport report, StatementPayload payload)
    {
        var finish = TraceLeaf.Encode(new TraceItem.Finish(payload.Outcome, payload.ExitCode, payload.Output, payload.Instructions, payload.MemoryPages));
        var hashes = report.TraceHashes.ToArray();
        payload.Hash.Leaf(finish).CopyTo(hashes.AsSpan(hashes.Length - Digest.SizeBytes));
        var tree = new MerkleTreeBuilder(payload.Hash);
        foreach (var hash in hashes.Chunk(Digest.SizeBytes))
        {
            tree.Append(new Digest(hash));
        }

        var allAreKept = report.TraceLeaves.Count == payload.TraceLeaves;
        return (tree.Root(), hashes, allAreKept ? [.. report.TraceLeaves.SkipLast(1), finish] : report.TraceLeaves);
    }
}
