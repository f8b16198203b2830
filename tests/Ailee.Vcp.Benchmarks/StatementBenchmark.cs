using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Benchmarks;

/// <summary>Issuing and verifying statements against raw Ed25519, and their size.</summary>
internal static class StatementBenchmark
{
    public static void Run()
    {
        Console.WriteLine("\nStatements ÷ raw Ed25519");
        using var key = SigningKey.Create();
        var payload = Payload("_start");
        ulong counter = 0;
        var statement = SignedStatement.Sign(key, payload, 0, 1);
        var message = statement.Envelope.ToBeSigned();
        var signature = key.Sign(message);

        Ratio.Measure("  issue ÷ sign", 2000, () => key.Sign(message), () => SignedStatement.Sign(key, payload.WithExecutionHash(), 0, ++counter), 1.5);
        Ratio.Measure("  verify ÷ verify", 1000, () => key.PublicKey.Verify(message, signature), () => StatementVerifier.Verify(statement.Bytes, Evidence.None), 1.5);
        ReadOnlyMemory<byte>[] many = [.. Enumerable.Range(1, 10_000).Select(number => SignedStatement.Sign(key, payload, 0, (ulong)number).Bytes)];
        Ratio.Measure($"  verify 10 000 at once ÷ one after the other ({Environment.ProcessorCount} cores)", 1, () => Array.ForEach(many, one => StatementVerifier.Verify(one, Evidence.None)), () => StatementVerifier.VerifyAll(many, Evidence.None), null);
        Console.WriteLine($"  statement size: {statement.Bytes.Length} bytes (target ≤ 700); with the longest entrypoint and numbers: {Largest(key, 0).Length} bytes");
    }

    /// <summary>A statement as large as they get.</summary>
    internal static byte[] Largest(SigningKey key, int number)
    {
        var payload = Payload(new string('x', StatementPayload.MaxEntrypointBytes)) with
        {
            ExitCode = uint.MaxValue - number,
            TraceLeaves = long.MaxValue,
            Instructions = long.MaxValue,
            Gas = long.MaxValue,
            MemoryPages = 65536,
        };
        return SignedStatement.Sign(key, payload, long.MaxValue, ulong.MaxValue).Bytes.ToArray();
    }

    private static StatementPayload Payload(string entrypoint) => new StatementPayload
    {
        Task = TaskId.Create(DateTimeOffset.UnixEpoch),
        Nonce = Nonce.Create(),
        Profile = Digest.Of("profile"u8),
        Module = Digest.Of("module"u8),
        Entrypoint = entrypoint,
        Input = Digest.Of("input"u8),
        Outcome = Outcome.Completed,
        ExitCode = 0,
        Output = Digest.Of("output"u8),
        TraceRoot = Digest.Of("trace"u8),
        TraceLeaves = 3,
        Instructions = 1_234_567,
        Gas = 1_334_567,
        MemoryPages = 17,
        ExecutionHash = default,
    }.WithExecutionHash();
}
