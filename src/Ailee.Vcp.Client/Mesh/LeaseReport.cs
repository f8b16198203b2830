using Ailee.Vcp.Client.Tasks;

namespace Ailee.Vcp.Client.Mesh;

/// <summary>What a node says of a lease: a statement with its output and trace, a reason why there is none, or how repeated runs disagreed.</summary>
public sealed record LeaseReport
{
    /// <summary>The lease.</summary>
    public required Guid Lease { get; init; }

    /// <summary>The COSE_Sign1; null if the run was inconclusive.</summary>
    public ReadOnlyMemory<byte>? Statement { get; init; }

    /// <summary>The encoded output record; set with <see cref="Statement"/>.</summary>
    public ReadOnlyMemory<byte> Output { get; init; }

    /// <summary>Stdout.</summary>
    public ReadOnlyMemory<byte> Stdout { get; init; }

    /// <summary>Stderr.</summary>
    public ReadOnlyMemory<byte> Stderr { get; init; }

    /// <summary>The hash of every leaf of the trace, 32 bytes each; set with <see cref="Statement"/>.</summary>
    public ReadOnlyMemory<byte> TraceHashes { get; init; }

    /// <summary>The first leaves of the trace, as many as were kept.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> TraceLeaves { get; init; } = [];

    /// <summary>The files that came back, by path.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files { get; init; } = new Dictionary<string, ReadOnlyMemory<byte>>();

    /// <summary>Why the run was inconclusive; null if there is a statement or a divergence.</summary>
    public string? Inconclusive { get; init; }

    /// <summary>How repeated runs disagreed; null if there is a statement, or a reason why there is none.</summary>
    public TaskDivergence? Divergence { get; init; }

    /// <summary>Wall time of the run.</summary>
    public required TimeSpan WallTime { get; init; }

    /// <summary>Whether the compiled module was in memory already.</summary>
    public bool CacheHit { get; init; }

    /// <summary>Energy that the run took, as the node says; null if it cannot know. Unit: joules.</summary>
    public double? EnergyJoules { get; init; }
}

/// <summary>What the orchestrator made of a report.</summary>
/// <param name="Accepted">Whether it counts. Sending the same report again gives the same answer.</param>
/// <param name="Code">Why not, if it does not: a check's name or one of the intake codes (docs/error-codes.md).</param>
/// <param name="OutputWanted">
/// The statement is fine, but nobody has handed in the output that it names: put it at <c>/leases/{id}/output</c>, then send the result
/// again. Not accepted yet, and no code.
/// </param>
public sealed record LeaseReceipt(bool Accepted, string? Code, bool OutputWanted = false);
