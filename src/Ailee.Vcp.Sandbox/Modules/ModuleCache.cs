using Ailee.Vcp.Core;

namespace Ailee.Vcp.Sandbox.Modules;

/// <summary>
/// Compiled modules by digest: in memory, least recently used out first, bounded in bytes of artifact; below it the
/// <see cref="ArtifactStore"/>. Concurrent requests for one module compile it once. Thread-safe.
/// </summary>
internal sealed class ModuleCache(ModuleCompiler compiler, ArtifactStore? store, SandboxOptions options) : IDisposable
{
    private readonly object _gate = new();
    private readonly Dictionary<Digest, LinkedListNode<CompiledModule>> _entries = [];
    private readonly LinkedList<CompiledModule> _byUse = new();
    private readonly Dictionary<Digest, Task<CompiledModule>> _loading = [];
    private readonly SemaphoreSlim _compilations = new(options.MaxConcurrentCompilations);
    private long _bytes;
    private long _memoryHits;
    private long _diskHits;
    private long _compiled;
    private long _rejected;

    /// <summary>The module, with a reference that the caller must release. <paramref name="bytes"/> is asked only if it must be compiled.</summary>
    /// <exception cref="ModuleException">The bytes are no module that can run here.</exception>
    public async Task<(CompiledModule Module, bool Hit)> GetAsync(Digest digest, Func<CancellationToken, Task<ReadOnlyMemory<byte>>> bytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<CompiledModule> loading;
            lock (_gate)
            {
                if (_entries.TryGetValue(digest, out var node) && node.Value.TryAddReference())
                {
                    _byUse.Remove(node);
                    _byUse.AddFirst(node);
                    _memoryHits++;
                    return (node.Value, true);
                }

                if (!_loading.TryGetValue(digest, out loading!))
                {
                    // Not the caller's token: others may wait for the same compilation.
                    loading = Task.Run(() => LoadAsync(digest, bytes), CancellationToken.None);
                    _loading.Add(digest, loading);
                }
            }

            var module = await loading.WaitAsync(cancellationToken);
            if (module.TryAddReference())
            {
                return (module, false);
            }
        }
    }

    /// <summary>Forgets a module in memory and on disk; executions that use it go on.</summary>
    public void Remove(Digest digest)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(digest, out var node))
            {
                Drop(node);
            }
        }

        store?.Delete(digest);
    }

    public CacheStatistics Statistics()
    {
        lock (_gate)
        {
            return new CacheStatistics(_memoryHits, _diskHits, _compiled, _rejected, _entries.Count, _bytes);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            while (_byUse.Last is { } node)
            {
                Drop(node);
            }
        }

        _compilations.Dispose();
    }

    private async Task<CompiledModule> LoadAsync(Digest digest, Func<CancellationToken, Task<ReadOnlyMemory<byte>>> bytes)
    {
        try
        {
            // Only compiling is bounded: neither a slow source nor another module's compilation holds up what is on disk.
            var module = LoadFromDisk(digest) ?? await CompileAsync(digest, await bytes(CancellationToken.None));
            Keep(module);
            return module;
        }
        finally
        {
            lock (_gate)
            {
                _loading.Remove(digest);
            }
        }
    }

    private CompiledModule? LoadFromDisk(Digest digest)
    {
        var rejected = false;
        var artifact = store?.Read(digest, out rejected);
        var module = artifact is null ? null : compiler.Load(digest, artifact);
        if (module is not null)
        {
            Interlocked.Increment(ref _diskHits);
        }
        else if (rejected || artifact is not null)
        {
            Interlocked.Increment(ref _rejected);
        }

        return module;
    }

    private async Task<CompiledModule> CompileAsync(Digest digest, ReadOnlyMemory<byte> bytes)
    {
        if (Digest.Of(bytes.Span) != digest)
        {
            throw new InvalidOperationException("The module's source returned other bytes than its digest names.");
        }

        await _compilations.WaitAsync();
        try
        {
            var (module, artifact) = compiler.Compile(digest, bytes);
            Interlocked.Increment(ref _compiled);
            store?.TryWrite(digest, artifact);
            return module;
        }
        finally
        {
            _compilations.Release();
        }
    }

    private void Keep(CompiledModule module)
    {
        lock (_gate)
        {
            _entries[module.Digest] = _byUse.AddFirst(module);
            _bytes += module.ArtifactBytes;
            // The newest stays even if it alone is over the bound: it is about to run.
            while (_bytes > options.CacheMemoryBytes && _byUse.Count > 1)
            {
                Drop(_byUse.Last!);
            }
        }
    }

    private void Drop(LinkedListNode<CompiledModule> node)
    {
        _byUse.Remove(node);
        _entries.Remove(node.Value.Digest);
        _bytes -= node.Value.ArtifactBytes;
        node.Value.Release();
    }
}
