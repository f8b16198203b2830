using Ailee.Vcp.Core;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Modules;

/// <summary>A module in machine code. Counted references keep the native memory until the last execution that uses it has ended.</summary>
internal sealed class CompiledModule(Digest digest, Module module, ModuleDescription description, long artifactBytes)
{
    private int _references = 1;

    public Digest Digest { get; } = digest;

    public Module Module { get; } = module;

    public ModuleDescription Description { get; } = description;

    public long ArtifactBytes { get; } = artifactBytes;

    public bool HasStart => Description.HasStart;

    public bool HasMemory => Description.Memories.Count > 0;

    /// <summary>False if the last reference is gone already.</summary>
    public bool TryAddReference()
    {
        for (var seen = Volatile.Read(ref _references); seen > 0; seen = Volatile.Read(ref _references))
        {
            if (Interlocked.CompareExchange(ref _references, seen + 1, seen) == seen)
            {
                return true;
            }
        }

        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            Module.Dispose();
        }
    }
}
