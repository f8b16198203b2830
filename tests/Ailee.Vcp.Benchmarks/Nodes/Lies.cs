using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Traces;

namespace Ailee.Vcp.Benchmarks.Nodes;

/// <summary>Turns an honest report into a dishonest one. What it does not change stays valid.</summary>
internal static class Lies
{
    private const int MostInstructions = 1000;

    /// <summary>Another output: a result with other bits, or else stdout with another byte. Everything that is derived from it fits.</summary>
    /// <param name="honest">The honest report.</param>
    /// <param name="chance">Decides what is said instead.</param>
    /// <param name="sign">Signs a payload as the node.</param>
    public static LeaseReport WrongOutput(LeaseReport honest, Random chance, Func<StatementPayload, SignedStatement> sign)
    {
        var payload = PayloadOf(honest);
        var output = OutputRecord.TryDecode(honest.Output, out _) ?? throw new InvalidDataException("The output is no record.");
        var stdout = honest.Stdout;
        if (output.Results.Count > 0)
        {
            var first = output.Results[0];
            output = output with { Results = [first with { Bits = first.Bits ^ (ulong)chance.Next(1, 1 << 16) }, .. output.Results.Skip(1)] };
        }
        else
        {
            stdout = WithAnotherByte(stdout, chance);
            output = output with { Stdout = Blob.Of(stdout.Span, payload.Hash) };
        }

        var encoded = output.Encode();
        return Signed(
            honest with { Output = encoded, Stdout = stdout },
            payload with
            {
                Output = payload.Hash.Of(encoded),
                Gas = payload.Gas + (GasSchedule.OutputByte * (encoded.Length + stdout.Length - honest.Output.Length - honest.Stdout.Length)),
            },
            sign);
    }

    /// <summary>The right output for more gas. Where there is no room below the limit of instructions it is less.</summary>
    /// <param name="honest">The honest report.</param>
    /// <param name="chance">Decides how much more.</param>
    /// <param name="mostInstructions">The task's limit.</param>
    /// <param name="sign">Signs a payload as the node.</param>
    public static LeaseReport WrongGas(LeaseReport honest, Random chance, long mostInstructions, Func<StatementPayload, SignedStatement> sign)
    {
        var payload = PayloadOf(honest);
        var more = (long)chance.Next(1, MostInstructions);
        more = payload.Instructions + more <= mostInstructions ? more : -Math.Min(more, payload.Instructions);
        return Signed(honest, payload with { Instructions = payload.Instructions + more, Gas = payload.Gas + more }, sign);
    }

    /// <summary>The honest statement without a signature.</summary>
    public static LeaseReport Unsigned(LeaseReport honest) =>
        honest with { Statement = (CoseSign1.Read(honest.Statement!.Value) with { Signature = default }).Encode() };

    /// <summary>As many random bytes as a statement has.</summary>
    public static LeaseReport Garbage(LeaseReport honest, Random chance)
    {
        var bytes = new byte[honest.Statement!.Value.Length];
        chance.NextBytes(bytes);
        return honest with { Statement = bytes };
    }

    /// <summary>What the honest report states.</summary>
    public static StatementPayload PayloadOf(LeaseReport report) =>
        SignedStatement.TryDecode(report.Statement!.Value, out _)?.Payload ?? throw new InvalidDataException("The agent signed something that is no statement.");

    // The trace ends with what the statement says, so it has to tell the same lie.
    private static LeaseReport Signed(LeaseReport report, StatementPayload payload, Func<StatementPayload, SignedStatement> sign)
    {
        var finish = TraceLeaf.Encode(new TraceItem.Finish(payload.Outcome, payload.ExitCode, payload.Output, payload.Instructions, payload.MemoryPages));
        var hashes = report.TraceHashes.ToArray();
        payload.Hash.Leaf(finish).CopyTo(hashes.AsSpan(hashes.Length - Digest.SizeBytes));
        IReadOnlyList<ReadOnlyMemory<byte>> leaves = report.TraceLeaves.Count == hashes.Length / Digest.SizeBytes
            ? [.. report.TraceLeaves.SkipLast(1), finish]
            : report.TraceLeaves;
        var root = new KeptTrace(payload.Hash, [.. hashes.Chunk(Digest.SizeBytes).Select(hash => new Digest(hash))], []).Root();
        var statement = sign((payload with { TraceRoot = root }).WithExecutionHash());
        return report with { Statement = statement.Bytes, TraceHashes = hashes, TraceLeaves = leaves };
    }

    private static byte[] WithAnotherByte(ReadOnlyMemory<byte> bytes, Random chance)
    {
        if (bytes.IsEmpty)
        {
            return [(byte)chance.Next(256)];
        }

        var changed = bytes.ToArray();
        changed[chance.Next(changed.Length)] ^= (byte)chance.Next(1, 256);
        return changed;
    }
}
