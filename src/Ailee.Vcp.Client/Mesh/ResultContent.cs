namespace Ailee.Vcp.Client.Mesh;

/// <summary>The bytes that belong to a statement: what is put at <c>/leases/{id}/output</c>, if the server wants it.</summary>
public sealed record ResultContent
{
    /// <summary>The encoded output record.</summary>
    public required ReadOnlyMemory<byte> Output { get; init; }

    /// <summary>Stdout.</summary>
    public ReadOnlyMemory<byte> Stdout { get; init; }

    /// <summary>Stderr.</summary>
    public ReadOnlyMemory<byte> Stderr { get; init; }

    /// <summary>The files that came back, by path.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files { get; init; } = new Dictionary<string, ReadOnlyMemory<byte>>();

    /// <summary>The hash of every leaf of the trace, 32 bytes each.</summary>
    public ReadOnlyMemory<byte> TraceHashes { get; init; }

    /// <summary>The first leaves of the trace, no more than there are hashes.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> TraceLeaves { get; init; } = [];

    /// <summary>The content of a report.</summary>
    public static ResultContent From(LeaseReport report) => new()
    {
        Output = report.Output,
        Stdout = report.Stdout,
        Stderr = report.Stderr,
        Files = report.Files,
        TraceHashes = report.TraceHashes,
        TraceLeaves = report.TraceLeaves,
    };

    /// <summary>A report with this content instead of its own.</summary>
    public LeaseReport Into(LeaseReport report) => report with
    {
        Output = Output,
        Stdout = Stdout,
        Stderr = Stderr,
        Files = Files,
        TraceHashes = TraceHashes,
        TraceLeaves = TraceLeaves,
    };
}
