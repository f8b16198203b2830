using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Log;

namespace Ailee.Vcp.Core.Statements;

/// <summary>What else a verifier holds beside the statement. Each part adds a check; parts that are null are not checked.</summary>
public sealed record Evidence
{
    /// <summary>Nothing but the statement.</summary>
    public static Evidence None { get; } = new();

    /// <summary>The key that must have signed.</summary>
    public PublicKey? Key { get; init; }

    /// <summary>The key of the log that must hold the statement.</summary>
    public NoteKey? LogKey { get; init; }

    /// <summary>The orchestrator's key: it must have signed <see cref="Genesis"/>, <see cref="Enrolment"/> and <see cref="Certificate"/>, and the statement itself if it is an orchestrator's.</summary>
    public PublicKey? OrchestratorKey { get; init; }

    /// <summary>A checkpoint of the log, a signed note; checked against <see cref="LogKey"/>, which must be given too, and against the statement's receipt, which must be of the same size.</summary>
    public ReadOnlyMemory<byte>? Checkpoint { get; init; }

    /// <summary>The log's first entry, a transparent statement.</summary>
    public ReadOnlyMemory<byte>? Genesis { get; init; }

    /// <summary>The enrolment of the node that signed, a transparent statement.</summary>
    public ReadOnlyMemory<byte>? Enrolment { get; init; }

    /// <summary>The certificate of the quorum that decided the task, a transparent statement.</summary>
    public ReadOnlyMemory<byte>? Certificate { get; init; }

    /// <summary>The module's bytes.</summary>
    public ReadOnlyMemory<byte>? Module { get; init; }

    /// <summary>The encoded invocation.</summary>
    public ReadOnlyMemory<byte>? Invocation { get; init; }

    /// <summary>The bytes of stdin; checked against <see cref="Invocation"/>, which must be given too.</summary>
    public ReadOnlyMemory<byte>? Stdin { get; init; }

    /// <summary>The manifest of the bundle under the statement's hash (docs/design/bundle.md); checked against <see cref="Invocation"/>, which must be given too.</summary>
    public ReadOnlyMemory<byte>? BundleManifest { get; init; }

    /// <summary>The encoded output record.</summary>
    public ReadOnlyMemory<byte>? Output { get; init; }

    /// <summary>The bytes of stdout; checked against <see cref="Output"/>, which must be given too.</summary>
    public ReadOnlyMemory<byte>? Stdout { get; init; }

    /// <summary>The bytes of stderr; checked against <see cref="Output"/>, which must be given too.</summary>
    public ReadOnlyMemory<byte>? Stderr { get; init; }

    /// <summary>The hash of every leaf of the trace, in order. With it <see cref="TraceLeaves"/> may be the first of the leaves only.</summary>
    public IReadOnlyList<Digest>? TraceHashes { get; init; }

    /// <summary>The files that came back, by path, all of them; checked against <see cref="Output"/>, which must be given too.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? Files { get; init; }

    /// <summary>The trace's leaves, in order.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>>? TraceLeaves { get; init; }
}
