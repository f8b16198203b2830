using System.Globalization;
using Ailee.Vcp.Client.Proofs;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Server.Proofs;

/// <summary>Statements as the contract shows them.</summary>
internal static class ProofViews
{
    public static ProofView Create(byte[] bytes) =>
        SignedStatement.TryDecode(bytes, out _) is { } execution ? Create(execution)
        : OrchestratorStatement.TryDecode(bytes, out var fault) is { } orchestrator ? OrchestratorProofs.Create(orchestrator)
        : throw new InvalidDataException($"A stored statement does not decode: {fault!.Detail}");

    private static ProofView Create(SignedStatement statement)
    {
        var (header, payload) = (statement.Header, statement.Payload);
        return new ProofView
        {
            Id = statement.Id.ToString(),
            Kind = header.Kind.Name,
            Task = payload.Task.ToString(),
            Node = header.KeyId.ToString(),
            IssuedAt = DateTimeOffset.FromUnixTimeSeconds(header.IssuedAtSeconds),
            Counter = header.Counter.ToString(CultureInfo.InvariantCulture),
            PublicKey = header.Key.ToString(),
            Payload = new ProofPayload(
                payload.Nonce.ToString(),
                payload.Profile.ToString(),
                payload.Module.ToString(),
                payload.Entrypoint,
                payload.Input.ToString(),
                payload.Outcome.ToName(),
                payload.ExitCode,
                payload.Output.ToString(),
                payload.TraceRoot.ToString(),
                payload.TraceLeaves,
                payload.Instructions,
                payload.Gas,
                payload.MemoryPages,
                payload.ExecutionHash.ToString()),
            Statement = Convert.ToBase64String(statement.Bytes.Span),
        };
    }

    public static VerifyResponse Create(VerificationReport report) =>
        new(report.Valid, [.. report.Checks.Select(check => new CheckView(check.Name, check.Ok, check.Detail))]);
}
