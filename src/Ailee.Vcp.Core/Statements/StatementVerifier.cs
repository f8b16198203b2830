using Ailee.Vcp.Core.Cbor;

namespace Ailee.Vcp.Core.Statements;

/// <summary>Checks a statement against itself and against whatever else is known. Pure and thread-safe.</summary>
public static class StatementVerifier
{
    /// <summary>Runs every check that the given bytes and evidence allow. Never throws on any input.</summary>
    public static VerificationReport Verify(ReadOnlyMemory<byte> bytes, Evidence evidence)
    {
        var checks = new List<StatementCheck>(12);
        var statement = Decode(bytes, checks);
        if (statement is null)
        {
            return new VerificationReport(checks, null);
        }

        CheckSelf(statement, checks);
        EvidenceChecks.Run(statement, evidence, checks);
        return new VerificationReport(checks, statement);
    }

    private static SignedStatement? Decode(ReadOnlyMemory<byte> bytes, List<StatementCheck> checks)
    {
        var statement = SignedStatement.TryDecode(bytes, out var fault);
        if (statement is null)
        {
            // Decoding stops at its first fault, so nothing can be said of the checks beside the one that failed.
            checks.Add(new StatementCheck(CheckFor(fault!.Kind), false, fault.Detail));
            return null;
        }

        checks.Add(new StatementCheck(StatementChecks.WellFormed, true, "The bytes are CBOR."));
        checks.Add(new StatementCheck(StatementChecks.TrailingBytes, true, "Nothing follows the statement."));
        checks.Add(new StatementCheck(StatementChecks.Canonical, true, "The encoding is deterministic (RFC 8949 §4.2.1)."));
        var subjectOk = statement.Header.Subject == StatementHeader.SubjectPrefix + statement.Payload.Task;
        checks.Add(new StatementCheck(
            StatementChecks.Structure,
            subjectOk,
            subjectOk ? "A COSE_Sign1 with the header and payload of a version 1 statement." : "The subject is not the payload's task."));
        return subjectOk ? statement : null;
    }

    private static string CheckFor(CborFaultKind kind) => kind switch
    {
        CborFaultKind.Truncated or CborFaultKind.Malformed => StatementChecks.WellFormed,
        CborFaultKind.TrailingBytes => StatementChecks.TrailingBytes,
        CborFaultKind.NotDeterministic => StatementChecks.Canonical,
        _ => StatementChecks.Structure,
    };

    private static void CheckSelf(SignedStatement statement, List<StatementCheck> checks)
    {
        var (header, payload) = (statement.Header, statement.Payload);
        var thumbprint = header.Key.Id;
        var kidOk = header.KeyId == thumbprint && header.Issuer == StatementHeader.IssuerPrefix + thumbprint;
        checks.Add(new StatementCheck(
            StatementChecks.KeyId,
            kidOk,
            kidOk ? $"The key's thumbprint is {thumbprint}." : $"Kid or issuer is not {thumbprint}, the thumbprint of the key in the statement."));

        var signatureOk = header.Key.Verify(statement.Envelope.ToBeSigned(), statement.Envelope.Signature.Span);
        checks.Add(new StatementCheck(
            StatementChecks.Signature,
            signatureOk,
            signatureOk ? "Ed25519, by the key in the statement." : "The signature is not by the key in the statement over these bytes."));

        checks.Add(ExecutionHashCheck.Of(payload));
    }
}
