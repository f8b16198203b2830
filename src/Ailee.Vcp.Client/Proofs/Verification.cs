using System.Text.Json.Serialization;

namespace Ailee.Vcp.Client.Proofs;

/// <summary>A statement to verify, with whatever else is known. Bytes are in base64.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record VerifyRequest
{
    /// <summary>The COSE_Sign1, with receipts or without.</summary>
    public required string Statement { get; init; }

    /// <summary>The public key that must have signed, base64url.</summary>
    public string? Key { get; init; }

    /// <summary>The key of the log that must hold it: a C2SP verifier key.</summary>
    public string? LogKey { get; init; }

    /// <summary>The public key of the orchestrator, base64url.</summary>
    public string? OrchestratorKey { get; init; }

    /// <summary>A checkpoint of the log, of the receipt's size; needs <see cref="LogKey"/>.</summary>
    public string? Checkpoint { get; init; }

    /// <summary>The log's first entry, with its receipt.</summary>
    public string? Genesis { get; init; }

    /// <summary>The logged enrolment of the node, with its receipt.</summary>
    public string? Enrolment { get; init; }

    /// <summary>The logged certificate of the quorum, with its receipt.</summary>
    public string? Certificate { get; init; }

    /// <summary>The module's bytes.</summary>
    public string? Module { get; init; }

    /// <summary>The encoded invocation.</summary>
    public string? Invocation { get; init; }

    /// <summary>Stdin; needs <see cref="Invocation"/>.</summary>
    public string? Stdin { get; init; }

    /// <summary>The encoded output record.</summary>
    public string? Output { get; init; }

    /// <summary>Stdout; needs <see cref="Output"/>.</summary>
    public string? Stdout { get; init; }

    /// <summary>Stderr; needs <see cref="Output"/>.</summary>
    public string? Stderr { get; init; }
}

/// <summary>What verification found.</summary>
/// <param name="Valid">Whether every check passed.</param>
/// <param name="Checks">The checks made, in order; those that could not be made are absent.</param>
public sealed record VerifyResponse(bool Valid, IReadOnlyList<CheckView> Checks);

/// <summary>One check (docs/design/statement.md).</summary>
public sealed record CheckView(string Name, bool Ok, string Detail);
