using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ailee.Vcp.Cli.Tests.Log;

/// <summary>A task that nodes of different owners agreed on, in a log: genesis, enrolments, statements, certificate.</summary>
internal sealed class LoggedTask
{
    private static readonly Invocation Input = new() { Limits = new DeterministicLimits(1 << 20, 1_000_000, 1000, 1000, 0, 0, 0, 0) };
    private static readonly OutputRecord Output = new() { Stdout = Blob.Of("3 the\n"u8), Stderr = Blob.Empty };

    public LoggedTask(int voters, bool certified)
    {
        var votes = new List<OrchestratorPayload.Vote>();
        for (var number = 1; number <= voters; number++)
        {
            using var node = SigningKey.FromSeed([.. Enumerable.Repeat((byte)number, 32)]);
            Enrolments.Add(Log.Add(new OrchestratorPayload.Enrolment(node.PublicKey, $"owner {number}", $"node {number}")));
            var statement = SignedStatement.Sign(node, Payload, 1_700_000_000, 1);
            Proofs.Add(Log.Add(statement.Bytes.ToArray()));
            votes.Add(new OrchestratorPayload.Vote(node.PublicKey.Id, $"owner {number}", statement.Id));
            PayloadDigest = statement.PayloadDigest;
        }

        if (certified)
        {
            Certificate = Log.Add(new OrchestratorPayload.Certificate(Id, PayloadDigest, voters, voters, [.. votes.OrderBy(vote => vote.Node.Thumbprint.ToHex(), StringComparer.Ordinal)]));
        }

        View = new ComputeTask
        {
            Id = Id.ToString(),
            State = TaskStates.Completed,
            Module = Payload.Module.ToString(),
            Entrypoint = Payload.Entrypoint,
            SubmittedAt = DateTimeOffset.UnixEpoch,
            Assurance = new AssuranceView(certified ? "quorum" : "single", null),
            Result = new TaskResult("completed", 0, new TaskOutput("3 the\n", null, 6, "sha256:"), new TaskOutput("", null, 0, "sha256:"), [], null),
            Proofs = [.. votes.Zip(Proofs, (vote, proof) => new TaskProof(proof.ToString(), vote.Node.ToString(), Payload.ExecutionHash.ToString()))],
            Attempts = [],
        };
    }

    public static TaskId Id { get; } = TaskId.Create(DateTimeOffset.UnixEpoch);

    public TestLog Log { get; } = new();

    public List<Digest> Enrolments { get; } = [];

    public List<Digest> Proofs { get; } = [];

    public Digest? Certificate { get; }

    public Digest PayloadDigest { get; }

    public ComputeTask View { get; set; }

    private static StatementPayload Payload { get; } = new StatementPayload
    {
        Task = Id,
        Nonce = Nonce.Create(),
        Profile = Digest.Of("a profile"u8),
        Module = Digest.Of("a module"u8),
        Entrypoint = "_start",
        Input = Digest.Of(Input.Encode()),
        Outcome = Outcome.Completed,
        ExitCode = 0,
        Output = Digest.Of(Output.Encode()),
        TraceRoot = Digest.Of("a trace"u8),
        TraceLeaves = 2,
        Instructions = 1234,
        Gas = GasSchedule.Total(1234, 1, Input.Encode().Length, Output.Encode().Length + Output.Stdout.Length),
        MemoryPages = 1,
        ExecutionHash = default,
    }.WithExecutionHash();

    /// <summary>The task as a server answers it.</summary>
    public void Map(RouteGroupBuilder api)
    {
        api.MapGet("/tasks/{id}", () => Results.Json(View, VcpJson.Default.ComputeTask));
        api.MapGet("/tasks/{id}/invocation", () => Results.Bytes(Input.Encode()));
        api.MapGet("/tasks/{id}/output", (HttpRequest request) =>
            Results.Bytes(request.Headers.Accept == MediaTypes.Cbor ? Output.Encode() : "3 the\n"u8.ToArray()));
    }
}
