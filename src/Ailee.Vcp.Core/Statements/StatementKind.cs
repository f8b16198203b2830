namespace Ailee.Vcp.Core.Statements;

/// <summary>What a statement is about: its name, the media type of its payload (header 3), and who may issue it.</summary>
public sealed record StatementKind
{
    /// <summary>Start of the subject of statements about a task; the task id follows.</summary>
    public const string TaskPrefix = "urn:uuid:";

    /// <summary>Start of the issuer of a node's statements and of the subject of what is said of a node; the kid in base64url follows.</summary>
    public const string NodePrefix = "urn:vcp:node:";

    /// <summary>Start of the issuer of an orchestrator's statements; the kid in base64url follows.</summary>
    public const string OrchestratorPrefix = "urn:vcp:orchestrator:";

    private StatementKind(string name, string type, string issuerPrefix)
    {
        Name = name;
        ContentType = $"application/vnd.ailee.vcp.{type}+cbor";
        IssuerPrefix = issuerPrefix;
    }

    /// <summary>A node's claim about one execution.</summary>
    public static StatementKind Execution { get; } = new("execution", "statement", NodePrefix);

    /// <summary>The first entry of a log: its origin, key and policy.</summary>
    public static StatementKind Genesis { get; } = new("genesis", "genesis", OrchestratorPrefix);

    /// <summary>A node was enrolled.</summary>
    public static StatementKind Enrolment { get; } = new("enrolment", "enrolment", OrchestratorPrefix);

    /// <summary>A quorum agreed on a task.</summary>
    public static StatementKind Certificate { get; } = new("certificate", "certificate", OrchestratorPrefix);

    /// <summary>No quorum agreed on a task, or repeated runs did not.</summary>
    public static StatementKind Divergence { get; } = new("divergence", "divergence", OrchestratorPrefix);

    /// <summary>A node was removed.</summary>
    public static StatementKind Revocation { get; } = new("revocation", "revocation", OrchestratorPrefix);

    /// <summary>A node gets no work until a person releases it.</summary>
    public static StatementKind Quarantine { get; } = new("quarantine", "quarantine", OrchestratorPrefix);

    /// <summary>A node's quarantine ended.</summary>
    public static StatementKind Release { get; } = new("release", "release", OrchestratorPrefix);

    /// <summary>A node goes on under another key.</summary>
    public static StatementKind Rotation { get; } = new("rotation", "rotation", OrchestratorPrefix);

    /// <summary>Every kind.</summary>
    public static IReadOnlyList<StatementKind> All { get; } =
        [Execution, Genesis, Enrolment, Certificate, Divergence, Revocation, Quarantine, Release, Rotation];

    /// <summary>Short name, as the API shows it.</summary>
    public string Name { get; }

    /// <summary>Media type of the payload.</summary>
    public string ContentType { get; }

    /// <summary>Start of the issuer claim.</summary>
    public string IssuerPrefix { get; }

    /// <summary>The kind with a media type, or null.</summary>
    public static StatementKind? Find(string contentType) => All.FirstOrDefault(kind => kind.ContentType == contentType);
}
