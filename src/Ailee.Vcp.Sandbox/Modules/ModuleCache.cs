using System.Collections.Concurrent;
using Ailee.Vcp.Core;
using Ailee.Vcp.Sandbox.Compilation;

namespace Ailee.Vcp.Sandbox.Modules;

/// <summary>
/// Compiled modules by digest: in memory, least recently used out first, bounded in bytes of artifact; below it the
/// <see cref="ArtifactStore"/>. Concurrent requests for one module compile it once, and a compilation that nobody waits for any
/// more ends. Thread-safe.
/// </summary>
internal sealed class ModuleCache(CompilerPool compilers, ModuleLoader loader, ArtifactStore? store, SandboxOptions options) : IDisposable
{
    private readonly object _gate = new();
    private readonly Dictionary<Digest, LinkedListNode<CompiledModule>> _entries = [];
    private readonly LinkedList<CompiledModule> _byUse = new();
    private readonly Dictionary<Digest, ModuleLoading> _loading = [];
    private readonly ConcurrentDictionary<string, long> _refusals = new();
    private bool _disposed;
    private long _bytes;
    private long _evicted;
    private long _memoryHits;
    private long _diskHits;
    private long _compiled;
    private long _rejected;

    /// <summary>The module, with a reference that the caller must release. <paramref name="bytes"/> is asked only if it must be compiled.</summary>
    /// <exception cref="ModuleException">The bytes are no module that can run here.</exception>
    public async Task<(CompiledModule Module, bool Hit)> GetAsync(Digest digest, Func<CancellationToken, Task<ReadOnlyMemory<byte>>> bytes, CancellationToken cancellationToken)
    {
        ModuleLoading? loading;
        lock (_gate)
        {
            if (_entries.TryGetValue(digest, out var node) && node.Value.TryAddReference())
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                _memoryHits++;
                return (node.Value, true);
            }

            if (!_loading.TryGetValue(digest, out loading))
            {
                var started = loading = new ModuleLoading();
                _loading.Add(digest, loading);
                // Not the caller's token: others may come to wait for the same compilation.
                loading.Work = Task.Run(() => LoadAsync(digest, bytes, started), CancellationToken.None);
            }

            loading.Waiters++;
        }

        try
        {
            var module = await loading.Work.WaitAsync(cancellationToken);
            // The loading holds a reference until its last waiter has left, so this cannot fail.
            module.TryAddReference();
            return (module, false);
        }
        finally
        {
            Leave(digest, loading);
        }
    }

    /// <summary>Forgets a module in memory and on disk, also one that is being compiled; executions that use it go on.</summary>
    public void Remove(Digest digest)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(digest, out var node))
            {
                Drop(node);
            }

            if (_loading.Remove(digest, out var loading))
            {
                loading.Forgotten = true;
            }
        }

        store?.Delete(digest);
    }

    public CacheStatistics Statistics()
    {
        var (diskEntries, diskBytes, diskEvictions) = store?.Statistics() ?? default;
        lock (_gate)
        {
            return new CacheStatistics(_memoryHits, _diskHits, _compiled, _rejected, _entries.Count, _bytes)
            {
                Evictions = _evicted,
                DiskEntries = diskEntries,
                DiskBytes = diskBytes,
                DiskEvictions = diskEvictions,
                CompileTime = compilers.WorkTime,
                CompilerStarts = compilers.Started,
                Refusals = new Dictionary<string, long>(_refusals),
            };
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            while (_byUse.Last is { } node)
            {
                Drop(node);
            }
        }
    }

    private void Leave(Digest digest, ModuleLoading loading)
    {
        lock (_gate)
        {
            if (--loading.Waiters > 0)
            {
                return;
            }

            // Whoever comes from now on starts anew.
            if (_loading.TryGetValue(digest, out var current) && current == loading)
            {
                _loading.Remove(digest);
            }
        }

        loading.Abandon();
    }

    private async Task<CompiledModule> LoadAsync(Digest digest, Func<CancellationToken, Task<ReadOnlyMemory<byte>>> bytes, ModuleLoading loading)
    {
        // Only compiling is bounded: neither a slow source nor another module's compilation holds up what is on disk.
        if (LoadFromDisk(digest) is { } known)
        {
            Keep(known, loading);
            return known;
        }

        var (module, artifact) = await CompileAsync(digest, await bytes(loading.Token), loading.Token);
        // Written first: a module that is forgotten while it is written is then still seen as forgotten, and deleted.
        store?.TryWrite(digest, artifact.Bytes.Span);
        if (!Keep(module, loading))
        {
            store?.Delete(digest);
        }

        return module;
    }

    private CompiledModule? LoadFromDisk(Digest digest)
    {
        var rejected = false;
        var artifact = store?.Read(digest, out rejected);
        var module = artifact is null ? null : loader.Load(digest, new ModuleArtifact(artifact.Value));
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

    private async Task<(CompiledModule Module, ModuleArtifact Artifact)> CompileAsync(Digest digest, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (Digest.Of(bytes.Span) != digest)
        {
            throw new InvalidOperationException("The module's source returned other bytes than its digest names.");
        }

        try
        {
            var artifact = new ModuleArtifact(await compilers.AskAsync(CompilerWork.Compile, bytes, cancellationToken));
            var module = loader.Load(digest, artifact) ?? throw new InvalidOperationException("The compiler process made an artifact that does not load.");
            Interlocked.Increment(ref _compiled);
            return (module, artifact);
        }
        catch (ModuleException exception)
        {
            _refusals.AddOrUpdate(exception.Code, 1, static (_, count) => count + 1);
            throw;
        }
    }

    /// <summary>False if it was forgotten meanwhile.</summary>
    private bool Keep(CompiledModule module, ModuleLoading loading)
    {
        lock (_gate)
        {
            if (loading.Forgotten)
            {
                return false;
            }

            if (_loading.TryGetValue(module.Digest, out var current) && current == loading)
            {
                _loading.Remove(module.Digest);
            }

            if (!_disposed && !_entries.ContainsKey(module.Digest))
            {
                module.TryAddReference();
                _entries[module.Digest] = _byUse.AddFirst(module);
                _bytes += module.ArtifactBytes;
                MakeRoom();
            }

            return true;
        }
    }

    private void MakeRoom()
    {
        // The newest stays even if it alone is over the bound: it is about to run.
        while (_bytes > options.CacheMemoryBytes && _byUse.Count > 1)
        {
            Drop(_byUse.Last!);
            _evicted++;
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
