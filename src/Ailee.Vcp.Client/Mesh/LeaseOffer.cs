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

    /// <summary>The module's name: the SHA-256 of its bytes.</summary>
    public required string Module { get; init; }

    /// <summary>The hash of the content digests in the statement and in <see cref="Invocation"/>: <c>sha-256</c>, the default, or <c>sha3-256</c>.</summary>
    public string Hash { get; init; } = "sha-256";

    /// <summary>Name of the bundle, <c>sha256:&lt;hex&gt;</c>; null exactly if the invocation names none. There it stands under <see cref="Hash"/>.</summary>
    public string? Bundle { get; init; }

    /// <summary>The export to call.</summary>
    public required string Entrypoint { get; init; }

    /// <summary>The encoded invocation.</summary>
    public required ReadOnlyMemory<byte> Invocation { get; init; }

    /// <summary>The bytes of stdin; null if they are too many to travel here and are at <c>/leases/{id}/stdin</c>.</summary>
    public ReadOnlyMemory<byte>? Stdin { get; init; }

    /// <summary>How many bytes of stdin there are.</summary>
    public required int StdinSizeBytes { get; init; }

    /// <summary>Wall time in milliseconds after which the run is inconclusive.</summary>
    public required int TimeoutMs { get; init; }

    /// <summary>How often to run it, each time with the whole wall time; all runs must agree. Default 1.</summary>
    public int Runs { get; init; } = 1;
}
