using Ailee.Vcp.Cli.Run;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Sandbox;
using Ailee.Vcp.Sandbox.Engine;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Cli.Verify;

/// <summary>Checks a statement by running it again.</summary>
internal static class Replay
{
    public const string CheckName = "replay";

    private static readonly TimeSpan Timeout = TimeSpan.FromHours(1);

    /// <exception cref="CliException">This program has another profile, or the run came to no conclusion.</exception>
    public static async Task<StatementCheck> RunAsync(SignedStatement statement, Evidence evidence, Bundle? bundle, CancellationToken cancellationToken)
    {
        if (evidence.Module is not { } module || evidence.Invocation is not { } invocationBytes)
        {
            throw new CliException("--replay needs --module and --invocation.");
        }

        var payload = statement.Payload;
        var hash = payload.Hash;
        var own = EngineProfile.DigestOf(hash);
        if (payload.Profile != own)
        {
            throw new CliException(
                $"profile-unavailable: the statement is of profile {hash.Text(payload.Profile)}; this program has {hash.Text(own)} (wasmtime {EngineProfile.EngineVersion}).",
                ExitCodes.ProfileUnavailable);
        }

        var invocation = Invocation.TryDecode(invocationBytes, out _)!;
        var stdin = evidence.Stdin ?? ReadOnlyMemory<byte>.Empty;
        if (stdin.Length != invocation.Stdin.Length)
        {
            throw new CliException("--replay needs the guest's stdin: give it with --input.");
        }

        if (bundle?.DigestUnder(hash) != invocation.Bundle)
        {
            throw new CliException(invocation.Bundle is { } named
                ? $"--replay needs the bundle {hash.Text(named)}: give it with --bundle, as 'submit' saved it or from GET /bundles/{{digest}}/content; the task names it in 'bundle'."
                : "--replay needs no bundle: the invocation names none.");
        }

        var options = new SandboxOptions { MemoryBytes = invocation.Limits.MemoryBytes };
        using var sandbox = new LocalSandbox(options);
        using var lease = await sandbox.PrepareAsync(module, cancellationToken);
        var request = new ExecutionRequest
        {
            Module = Digest.Of(module.Span),
            Hash = hash,
            ModuleDigest = payload.Module,
            Entrypoint = payload.Entrypoint,
            Invocation = invocation,
            Stdin = stdin,
            Bundle = bundle,
            Timeout = Timeout,
        };
        return await sandbox.RunAsync(lease, request, cancellationToken) switch
        {
            ExecutionResult.Conclusive run => Compare(payload, run.ToPayload(payload.Task, payload.Nonce)),
            ExecutionResult.Inconclusive run => throw new CliException($"The replay came to no conclusion: {run.Detail} ({run.Reason.ToName()})", ExitCodes.Inconclusive),
            _ => throw new InvalidOperationException(),
        };
    }

    private static StatementCheck Compare(StatementPayload claimed, StatementPayload found)
    {
        (string Name, object Claimed, object Found)[] members =
        [
            ("outcome", claimed.Outcome, found.Outcome),
            ("exit code", claimed.ExitCode, found.ExitCode),
            ("output", claimed.Output, found.Output),
            ("instructions", claimed.Instructions, found.Instructions),
            ("gas", claimed.Gas, found.Gas),
            ("memory pages", claimed.MemoryPages, found.MemoryPages),
            ("trace leaf count", claimed.TraceLeaves, found.TraceLeaves),
            ("trace root", claimed.TraceRoot, found.TraceRoot),
        ];
        var differing = members.Where(member => !member.Claimed.Equals(member.Found)).Select(member => member.Name).ToList();
        return claimed == found
            ? new StatementCheck(CheckName, true, "Running it again gives the same payload.")
            : new StatementCheck(CheckName, false, $"Running it again gives another {string.Join(", ", differing)}.");
    }
}
