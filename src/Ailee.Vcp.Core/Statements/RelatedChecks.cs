using Ailee.Vcp.Core.Cose;

namespace Ailee.Vcp.Core.Statements;

/// <summary>The checks of other statements that say more of this one: genesis, enrolment and certificate.</summary>
internal static class RelatedChecks
{
    public static void Run(VerificationReport report, Evidence evidence, List<StatementCheck> checks)
    {
        var context = Context.Begin(report, evidence);
        if (evidence.Genesis is { } genesis)
        {
            context = CheckGenesis(context, genesis, checks);
        }

        // Of an orchestrator's statement these were refused before.
        if (report.Statement is not { } statement)
        {
            return;
        }

        var owner = evidence.Enrolment is { } enrolment ? CheckEnrolment(context, statement, enrolment, checks) : null;
        if (evidence.Certificate is { } certificate)
        {
            CheckCertificate(context, statement, certificate, owner, checks);
        }
    }

    // Whoever signed the log's first entry is its orchestrator: from here on statements must be by that key.
    private static Context CheckGenesis(Context context, ReadOnlyMemory<byte> bytes, List<StatementCheck> checks)
    {
        var (nested, problem) = Read<OrchestratorPayload.Genesis>(context, bytes, StatementKind.Genesis);
        if (nested?.Orchestrator!.Payload is OrchestratorPayload.Genesis payload)
        {
            var log = context.Log;
            var receipt = nested.Receipts.FirstOrDefault(receipt => receipt.KeyId == payload.LogKey.Id.Thumbprint && receipt.Origin == payload.Origin);
            problem ??= log is { } known && (payload.LogKey.Id.Thumbprint != known.KeyId || payload.Origin != known.Origin) ? "The genesis is of another log."
                : receipt is null ? "The genesis has no receipt by the log that it begins."
                : receipt.Proof.Index != 0 ? $"The genesis is entry {receipt.Proof.Index} of the log, not its first."
                : context.Report.Orchestrator is { } main && !main.Header.Key.Equals(nested.Orchestrator.Header.Key) ? "The statement is by another key than the genesis."
                : null;
        }

        var orchestrator = nested?.Orchestrator!.Header.Key;
        checks.Add(new StatementCheck(
            StatementChecks.Genesis,
            problem is null,
            problem ?? $"The log's first entry is by the orchestrator {orchestrator!.Id}{(context.Signer is null ? string.Empty : ", the expected one")}{context.LogDoubt}."));
        return problem is null ? context with { Signer = orchestrator } : context;
    }

    /// <returns>The node's owner, as it is enrolled; null if the enrolment is not valid.</returns>
    private static string? CheckEnrolment(Context context, SignedStatement statement, ReadOnlyMemory<byte> bytes, List<StatementCheck> checks)
    {
        var (nested, problem) = Read<OrchestratorPayload.Enrolment>(context, bytes, StatementKind.Enrolment);
        var payload = nested?.Orchestrator!.Payload as OrchestratorPayload.Enrolment;
        problem ??= payload!.Node.Equals(statement.Header.Key) ? null : $"The enrolment is of the node {payload.Node.Id}, not of {statement.Header.Key.Id}.";
        checks.Add(new StatementCheck(
            StatementChecks.Enrolment,
            problem is null,
            problem ?? $"The node is enrolled as {payload!.Name} of {payload.Owner}, {context.By(nested!)}{context.LogDoubt}."));
        return problem is null ? payload!.Owner : null;
    }

    // Votes count by owner, so an owner that the node does not have would count for more than it is.
    private static void CheckCertificate(Context context, SignedStatement statement, ReadOnlyMemory<byte> bytes, string? owner, List<StatementCheck> checks)
    {
        var (nested, problem) = Read<OrchestratorPayload.Certificate>(context, bytes, StatementKind.Certificate);
        var payload = nested?.Orchestrator!.Payload as OrchestratorPayload.Certificate;
        problem ??= payload!.Task != statement.Payload.Task ? $"The certificate is about the task {payload.Task}."
            : payload.PayloadDigest != statement.PayloadDigest ? "The certificate is for another payload."
            : payload.Votes.FirstOrDefault(vote => vote.Statement == statement.Id && vote.Node == statement.Header.KeyId) is not { } own ? "The statement is not among the certificate's votes."
            : owner is not null && own.Owner != owner ? $"The certificate counts the node's vote as one of {own.Owner}, but it is enrolled as one of {owner}."
            : null;
        checks.Add(new StatementCheck(
            StatementChecks.Certificate,
            problem is null,
            problem ?? $"One of {payload!.Votes.Count} votes for this payload, {payload.Quorum} of {payload.Replicas} were needed, {context.By(nested!)}{context.LogDoubt}."));
    }

    // A report comes back only if the statement stands by itself, is of the kind, by the signer, and in the log.
    private static (VerificationReport? Nested, string? Problem) Read<TPayload>(Context context, ReadOnlyMemory<byte> bytes, StatementKind kind)
        where TPayload : OrchestratorPayload
    {
        var nested = StatementVerifier.Verify(bytes, new Evidence { LogKey = context.Evidence.LogKey });
        var problem = nested.FirstFailure is { } failure ? $"The {kind.Name} fails {failure.Name}: {failure.Detail}"
            : nested.Orchestrator?.Payload is not TPayload ? $"The file is no {kind.Name}."
            : context.Signer is { } signer && !signer.Equals(nested.Orchestrator.Header.Key) ? $"The {kind.Name} is signed by {nested.Orchestrator.Header.Key}, not by the orchestrator's key {signer}."
            : context.ProblemOfReceipts(nested, kind);
        return (problem is null ? nested : null, problem);
    }

    /// <param name="Report">What is known of the statement itself.</param>
    /// <param name="Evidence">What else was given.</param>
    /// <param name="Signer">The key that must have signed the others, if it is known.</param>
    private sealed record Context(VerificationReport Report, Evidence Evidence, PublicKey? Signer)
    {
        // By size, of all receipts of the log so far: a copy of the context has the same ones.
        private readonly Dictionary<long, Digest> _roots = [];

        /// <summary>The log that holds the statement: the expected one, or without a key the one that its receipt names.</summary>
        public (Digest KeyId, string Origin)? Log =>
            Evidence.LogKey is { } key ? (key.Key.Id.Thumbprint, key.Name)
            : Report.Receipts is [var receipt, ..] ? (receipt.KeyId, receipt.Origin)
            : null;

        public string LogDoubt => Evidence.LogKey is null ? "; the log's signature was not checked" : string.Empty;

        public string By(VerificationReport nested) => Signer is null
            ? $"says the orchestrator {nested.Orchestrator!.Header.KeyId}, whose key nothing here ties to anybody"
            : $"says the orchestrator {Signer.Id}";

        public static Context Begin(VerificationReport report, Evidence evidence)
        {
            var context = new Context(report, evidence, evidence.OrchestratorKey);
            context.FindFork(report);
            return context;
        }

        public string? ProblemOfReceipts(VerificationReport nested, StatementKind kind)
        {
            if (Log is not { } log)
            {
                return null;
            }

            if (!nested.Receipts.Any(receipt => receipt.KeyId == log.KeyId && receipt.Origin == log.Origin))
            {
                return $"The {kind.Name} has no receipt by the log that holds the statement.";
            }

            return FindFork(nested)
                ? $"The receipts of the {kind.Name} and of what was checked before it have different roots for one size: one of them is of another size than it says, or the log has forked."
                : null;
        }

        // A log that has two roots for one size shows different people different things. The size is not signed, but a false one is no better.
        private bool FindFork(VerificationReport report)
        {
            var (log, id, forked) = (Log, Digest.Of(report.File!.Statement.Span), false);
            foreach (var receipt in report.Receipts.Where(receipt => (receipt.KeyId, receipt.Origin) == log))
            {
                var root = receipt.RootFor(id)!.Value;
                forked |= !_roots.TryAdd(receipt.Proof.Size, root) && _roots[receipt.Proof.Size] != root;
            }

            return forked;
        }
    }
}
