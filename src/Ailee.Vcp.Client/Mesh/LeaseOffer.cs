namespace Ailee.Vcp.Client.Mesh;

/// <summary>A task handed to a node: everything that it needs to run and sign.</summary>
public sealed record LeaseOffer
{
    /// <summary>Names this attempt.</summary>
    public required Guid Lease { get; init; }

    /// <summary>The task.</summary>
    public required string Task { get; init; }

    /// <summary>The task's nonce, 16 bytes.</summary>
    public required ReadOnlyMemory<byte> Nonce { get; init; }

    /// <summary>Digest of the module.</summary>
    public required string Module { get; init; }

    /// <summary>The export to call.</summary>
    public required string Entrypoint { get; init; }

    /// <summary>The encoded invocation.</summary>
    public required ReadOnlyMemory<byte> Invocation { get; init; }

    /// <summary>The bytes of stdin.</summary>
    public required ReadOnlyMemory<byte> Stdin { get; init; }

    /// <summary>Wall time in milliseconds after which the run is inconclusive.</summary>
    public required int TimeoutMs { get; init; }

    /// <summary>How often to run it, each time with the whole wall time; all runs must agree. Default 1.</summary>
    public int Runs { get; init; } = 1;
}
