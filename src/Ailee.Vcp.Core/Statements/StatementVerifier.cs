using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Execution;

namespace Ailee.Vcp.Core.Statements;

/// <summary>Checks a statement against itself, its receipts and whatever else is known. Pure and thread-safe.</summary>
public static class StatementVerifier
{
    /// <summary>Runs every check that the given bytes and evidence allow. Never throws on any input.</summary>
    /// <param name="bytes">A statement of any kind, with or without receipts.</param>
    /// <param name="evidence">What else is known.</param>
    public static VerificationReport Verify(ReadOnlyMemory<byte> bytes, Evidence evidence)
    {
        var checks = new List<StatementCheck>(16);
        if (Decode(bytes, checks) is not { } decoded)
        {
            return new VerificationReport(checks, null);
        }

        var (file, execution, orchestrator) = decoded;
        CheckSigned(decoded.Header, decoded.Envelope, checks);
        if (execution is not null)
        {
            CheckExecutionHash(execution.Payload, checks);
        }

        CheckKey(decoded, evidence, checks);
        if (execution is not null)
        {
            EvidenceChecks.Run(execution, evidence, checks);
        }
        else
        {
            ForeignEvidenceChecks.Run(decoded.Header.Kind, evidence, checks);
        }

        var receipts = ReceiptChecks.Run(file, decoded.Header.Subject, evidence, checks);
        var report = new VerificationReport(checks, execution) { Orchestrator = orchestrator, File = file, Receipts = receipts };
        CheckpointChecks.Run(report, evidence, checks);
        RelatedChecks.Run(report, evidence, checks);
        return report;
    }

    /// <summary>Verifies many files on all cores; the reports are in the order of the files. Never throws on any input.</summary>
    /// <param name="files">The files.</param>
    /// <param name="evidence">What else is known, of each of them.</param>
    public static IReadOnlyList<VerificationReport> VerifyAll(IReadOnlyList<ReadOnlyMemory<byte>> files, Evidence evidence) => VerifyAll(files, _ => evidence);

    /// <summary>Verifies many files on all cores, each against evidence of its own; the reports are in the order of the files.</summary>
    /// <param name="files">The files.</param>
    /// <param name="evidenceOf">What else is known of the file at an index; called from several threads at once.</param>
    public static IReadOnlyList<VerificationReport> VerifyAll(IReadOnlyList<ReadOnlyMemory<byte>> files, Func<int, Evidence> evidenceOf)
    {
        var reports = new VerificationReport[files.Count];
        Parallel.For(0, files.Count, index => reports[index] = Verify(files[index], evidenceOf(index)));
        return reports;
    }

    private static Decoded? Decode(ReadOnlyMemory<byte> bytes, List<StatementCheck> checks)
    {
        OrchestratorStatement? orchestrator = null;
        SignedStatement? execution = null;
        var file = TransparentStatement.TryDecode(bytes, out var fault);
        if (file is not null)
        {
            execution = SignedStatement.TryDecode(file.Statement, out fault);
            orchestrator = execution is null && IsOfAnotherKind(file.Statement) ? OrchestratorStatement.TryDecode(file.Statement, out fault) : null;
        }

        if (file is null || (execution is null && orchestrator is null))
        {
            // Decoding stops at its first fault, so nothing can be said of the checks beside the one that failed.
            checks.Add(new StatementCheck(CheckFor(fault!.Kind), false, fault.Detail));
            return null;
        }

        checks.Add(new StatementCheck(StatementChecks.WellFormed, true, "The bytes are CBOR."));
        checks.Add(new StatementCheck(StatementChecks.TrailingBytes, true, "Nothing follows the statement."));
        checks.Add(new StatementCheck(StatementChecks.Canonical, true, "The encoding is deterministic (RFC 8949 §4.2.1)."));
        var decoded = new Decoded(file, execution, orchestrator);
        var subjectOk = decoded.Header.Subject == decoded.Subject;
        checks.Add(new StatementCheck(
            StatementChecks.Structure,
            subjectOk,
            !subjectOk ? "The subject is not what the payload is about."
                : execution is not null ? "A COSE_Sign1 with the header and payload of a version 1 statement."
                : $"A COSE_Sign1 with the header and payload of a version 1 {decoded.Header.Kind.Name}."));
        return subjectOk ? decoded : null;
    }

    // Which of the two decoders' faults tells what is wrong.
    private static bool IsOfAnotherKind(ReadOnlyMemory<byte> statement) =>
        ShapeDecoding.Try(() => StatementHeader.Read(CoseSign1.Read(statement).Protected), out _) is { } header && header.Kind != StatementKind.Execution;

    internal static string CheckFor(CborFaultKind kind) => kind switch
    {
        CborFaultKind.Truncated or CborFaultKind.Malformed => StatementChecks.WellFormed,
        CborFaultKind.TrailingBytes => StatementChecks.TrailingBytes,
        CborFaultKind.NotDeterministic => StatementChecks.Canonical,
        _ => StatementChecks.Structure,
    };

    private static void CheckSigned(StatementHeader header, CoseSign1 envelope, List<StatementCheck> checks)
    {
        var thumbprint = header.Key.Id;
        var kidOk = header.KeyId == thumbprint && header.Issuer == header.Kind.IssuerPrefix + thumbprint;
        checks.Add(new StatementCheck(
            StatementChecks.KeyId,
            kidOk,
            kidOk ? $"The key's thumbprint is {thumbprint}." : $"Kid or issuer is not {thumbprint}, the thumbprint of the key in the statement."));

        var signatureOk = header.Key.Verify(envelope.ToBeSigned(), envelope.Signature.Span);
        checks.Add(new StatementCheck(
            StatementChecks.Signature,
            signatureOk,
            signatureOk ? "Ed25519, by the key in the statement." : "The signature is not by the key in the statement over these bytes."));
    }

    private static void CheckKey(Decoded decoded, Evidence evidence, List<StatementCheck> checks)
    {
        // The orchestrator's key is expected of its statements only: an execution is signed by a node.
        var expected = new[] { evidence.Key, decoded.Orchestrator is null ? null : evidence.OrchestratorKey }.Where(key => key is not null).ToList();
        if (expected.Count > 0)
        {
            var other = expected.Find(key => !key!.Equals(decoded.Header.Key));
            checks.Add(new StatementCheck(
                StatementChecks.ExpectedKey,
                other is null,
                other is null ? "Signed by the expected key." : $"Signed by {decoded.Header.Key}, not by the expected {other}."));
        }
    }

    private static void CheckExecutionHash(StatementPayload payload, List<StatementCheck> checks)
    {
        var ok = payload.ExecutionHash == ExecutionHash.Compute(payload);
        checks.Add(new StatementCheck(StatementChecks.ExecutionHash, ok, ok ? "Recomputed from the payload." : "It is not the hash of the payload's members."));
    }

    /// <summary>A statement of either sort; one of the two is null.</summary>
    private sealed record Decoded(TransparentStatement File, SignedStatement? Execution, OrchestratorStatement? Orchestrator)
    {
        public StatementHeader Header => Execution?.Header ?? Orchestrator!.Header;

        public CoseSign1 Envelope => Execution?.Envelope ?? Orchestrator!.Envelope;

        public string Subject => Execution is not null ? StatementKind.TaskPrefix + Execution.Payload.Task : Orchestrator!.Payload.Subject;
    }
}
