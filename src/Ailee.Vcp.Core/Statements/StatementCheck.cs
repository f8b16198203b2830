namespace Ailee.Vcp.Core.Statements;

/// <summary>Names of the checks, in the order in which they are made.</summary>
public static class StatementChecks
{
    /// <summary>The bytes are CBOR and not cut off.</summary>
    public const string WellFormed = "well-formed";

    /// <summary>Nothing follows the statement.</summary>
    public const string TrailingBytes = "trailing-bytes";

    /// <summary>The CBOR is in the deterministic encoding of RFC 8949 §4.2.1.</summary>
    public const string Canonical = "canonical";

    /// <summary>It is a tagged COSE_Sign1 with the header and payload of this format, and the subject is the payload's task.</summary>
    public const string Structure = "structure";

    /// <summary>Kid and issuer are the thumbprint of the key that travels with the statement.</summary>
    public const string KeyId = "kid";

    /// <summary>The signature is that key's.</summary>
    public const string Signature = "signature";

    /// <summary>The execution hash is that of the payload's members.</summary>
    public const string ExecutionHash = "execution-hash";

    /// <summary>The key is the one that the verifier expects.</summary>
    public const string ExpectedKey = "key";

    /// <summary>The module given is the one named.</summary>
    public const string Module = "module";

    /// <summary>The invocation (and stdin) given are the ones committed to.</summary>
    public const string Input = "input";

    /// <summary>The output (and stdout) given are the ones committed to.</summary>
    public const string Output = "output";

    /// <summary>Gas is what the schedule says for these instructions, pages and lengths.</summary>
    public const string Gas = "gas";

    /// <summary>A run under the invocation's limits can have ended so.</summary>
    public const string Limits = "limits";

    /// <summary>The trace given has the root and length committed to.</summary>
    public const string Trace = "trace";

    /// <summary>The receipts in the header are receipts, about the statement's subject.</summary>
    public const string Receipt = "receipt";

    /// <summary>A receipt is by the expected log.</summary>
    public const string ReceiptKey = "receipt-key";

    /// <summary>A receipt's index, size and path fit together.</summary>
    public const string ReceiptPath = "receipt-path";

    /// <summary>The log signed the root that a receipt's path leads to from the statement.</summary>
    public const string ReceiptSignature = "receipt-signature";

    /// <summary>The checkpoint given is the log's, and of its size the log says one root only.</summary>
    public const string Checkpoint = "checkpoint";

    /// <summary>The genesis given begins the log.</summary>
    public const string Genesis = "genesis";

    /// <summary>The enrolment given is of the key that signed.</summary>
    public const string Enrolment = "enrolment";

    /// <summary>The certificate given counts the statement among its votes.</summary>
    public const string Certificate = "certificate";
}

/// <summary>The result of one check.</summary>
/// <param name="Name">One of <see cref="StatementChecks"/>.</param>
/// <param name="Ok">Whether it passed.</param>
/// <param name="Detail">A sentence for people.</param>
public sealed record StatementCheck(string Name, bool Ok, string Detail);
