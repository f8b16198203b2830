namespace Ailee.Vcp.Sandbox.Modules;

/// <summary>Keeps a compiled module in memory until disposed.</summary>
public sealed class ModuleLease : IDisposable
{
    private CompiledModule? _compiled;

    internal ModuleLease(CompiledModule compiled, bool cacheHit)
    {
        _compiled = compiled;
        CacheHit = cacheHit;
    }

    /// <summary>What the module asks for and offers.</summary>
    public ModuleDescription Description => Compiled.Description;

    /// <summary>True if it was in memory already.</summary>
    public bool CacheHit { get; }

    internal CompiledModule Compiled => _compiled ?? throw new ObjectDisposedException(nameof(ModuleLease));

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _compiled, null)?.Release();
}
