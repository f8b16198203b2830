using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Core.Execution;

namespace Ailee.Vcp.Sandbox.Execution;

/// <summary>One run to make.</summary>
public sealed record ExecutionRequest
{
    /// <summary>SHA-256 of the module's bytes: its name.</summary>
    public required Digest Module { get; init; }

    /// <summary>The hash of everything that a statement about the run commits to; that of <see cref="Invocation"/>. Default SHA-256.</summary>
    public ContentHash Hash { get; init; } = ContentHash.Sha256;

    /// <summary>Digest of the module's bytes under <see cref="Hash"/>; may be left out under SHA-256, where it is <see cref="Module"/>.</summary>
    public Digest? ModuleDigest { get; init; }

    /// <summary>The export to call: <c>_start</c>, or a function with numeric parameters and results.</summary>
    public required string Entrypoint { get; init; }

    /// <summary>What the guest can observe.</summary>
    public required Invocation Invocation { get; init; }

    /// <summary>The bytes that <see cref="Invocation.Stdin"/> commits to.</summary>
    public ReadOnlyMemory<byte> Stdin { get; init; }

    /// <summary>The tree that <see cref="Invocation.Bundle"/> names; null exactly if it names none.</summary>
    public Bundle? Bundle { get; init; }

    /// <summary>Index of the first leaf of the trace that is kept; those before it are only hashed. Not observable by the guest.</summary>
    public int TraceFrom { get; init; }

    /// <summary>What a statement names the module by.</summary>
    internal Digest StatedModule => ModuleDigest ?? Module;

    /// <summary>Wall time after which the run is inconclusive.</summary>
    public required TimeSpan Timeout { get; init; }
}
