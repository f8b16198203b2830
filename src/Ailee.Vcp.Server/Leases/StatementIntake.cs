using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Sandbox.Engine;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Traces;

namespace Ailee.Vcp.Server.Leases;

/// <summary>Names of the checks that only the orchestrator can make, when a statement comes in (docs/design/statement.md, "Intake").</summary>
internal static class IntakeCodes
{
    public const string LeaseUnknown = "lease-unknown";
    public const string LeaseEnded = "lease-ended";
    public const string Task = "task-mismatch";
    public const string Nonce = "nonce-mismatch";
    public const string Hash = "hash-mismatch";
    public const string Module = "module-mismatch";
    public const string Entrypoint = "entrypoint-mismatch";
    public const string Profile = "profile-mismatch";
    public const string TimestampStale = "timestamp-stale";
    public const string TimestampFuture = "timestamp-future";
    public const string CounterSeen = "counter-seen";
    public const string CounterStale = "counter-stale";
    public const string Equivocation = "equivocation";
    public const string DivergenceUnasked = "divergence-unasked";
    public const string DivergenceMalformed = "divergence-malformed";
}

/// <summary>
/// Decides whether a statement that a node hands in counts: everything that any verifier checks, and that it answers this lease,
/// now, for the first time.
/// </summary>
internal static class StatementIntake
{
    /// <summary>The checks that need no database.</summary>
    /// <returns>The statement, or the name of the check that failed.</returns>
    public static (SignedStatement? Statement, string? Failure) Check(LeaseReport report, Attempt attempt, PublicKey nodeKey, DateTimeOffset received)
    {
        var evidence = new Evidence { Key = nodeKey, Invocation = attempt.Invocation };
        // Without its output a statement is looked at first, and again when that is there.
        if (report.Output.Length > 0)
        {
            evidence = evidence with
            {
                Output = report.Output,
                Stdout = report.Stdout,
                Stderr = report.Stderr,
                Files = report.Files,
                TraceHashes = TraceIntake.Hashes(report),
                TraceLeaves = report.TraceLeaves,
            };
        }

        var verification = StatementVerifier.Verify(report.Statement!.Value, evidence);
        if (verification.FirstFailure is { } failure)
        {
            return (null, failure.Name);
        }

        // What nodes state is about executions, and no log has seen it.
        if (verification is not { Statement: { } statement, File.Receipts.Count: 0 })
        {
            return (null, StatementChecks.Structure);
        }

        var payload = statement.Payload;
        var mismatch = payload.Task != attempt.Task ? IntakeCodes.Task
            : payload.Nonce != attempt.Nonce ? IntakeCodes.Nonce
            : payload.Hash != attempt.Hash ? IntakeCodes.Hash
            : payload.Module != attempt.StatedModule ? IntakeCodes.Module
            : payload.Entrypoint != attempt.Entrypoint ? IntakeCodes.Entrypoint
            : payload.Profile != EngineProfile.DigestOf(attempt.Hash) ? IntakeCodes.Profile
            : !TraceIntake.Fits(report.TraceLeaves) ? StatementChecks.Trace
            : Freshness.Classify(statement.Header.IssuedAtSeconds, attempt.StartedAt, received) switch
            {
                "stale" => IntakeCodes.TimestampStale,
                "future" => IntakeCodes.TimestampFuture,
                _ => null,
            };
        return mismatch is null ? (statement, null) : (null, mismatch);
    }

    /// <summary>Whether the statement's key used its counter before. Returns the name of the check that failed, or null.</summary>
    public static string? CheckCounter(IReadTransaction transaction, SignedStatement statement) =>
        Window(transaction, statement.Header.KeyId).Classify(statement.Header.Counter) switch
        {
            CounterStatus.Seen => IntakeCodes.CounterSeen,
            CounterStatus.Stale => IntakeCodes.CounterStale,
            _ => null,
        };

    /// <summary>Marks the statement's counter, which passed <see cref="CheckCounter"/>, as used.</summary>
    public static void UseCounter(IWriteTransaction transaction, SignedStatement statement)
    {
        var window = Window(transaction, statement.Header.KeyId);
        window.Mark(statement.Header.Counter);
        transaction.Execute(
            "INSERT INTO counters (node, window) VALUES ($node, $window) ON CONFLICT (node) DO UPDATE SET window = excluded.window",
            ("$node", statement.Header.KeyId.Thumbprint.ToArray()),
            ("$window", window.Encode()));
    }

    /// <summary>The highest counter that a key used here; 0 if none.</summary>
    public static ulong HighestCounter(IReadTransaction transaction, NodeId key) => Window(transaction, key).Highest;

    private static CounterWindow Window(IReadTransaction transaction, NodeId key)
    {
        var stored = transaction.QueryFirst("SELECT window FROM counters WHERE node = $node", row => row.Bytes(0), ("$node", key.Thumbprint.ToArray()));
        return stored is null ? new CounterWindow() : CounterWindow.Decode(stored);
    }
}
