using Ailee.Vcp.Core;
using Ailee.Vcp.Sandbox.Compilation;
using Ailee.Vcp.Sandbox.Engine;
using Ailee.Vcp.Sandbox.Execution;
using Ailee.Vcp.Sandbox.Modules;
using Ailee.Vcp.Sandbox.Wasi;

namespace Ailee.Vcp.Sandbox;

/// <summary>
/// Runs WebAssembly deterministically: the same module and invocation give the same bytes, outcome and instruction count on every
/// machine with the same profile. One instance for a process; thread-safe.
/// </summary>
public sealed class WasmSandbox : IDisposable
{
    private readonly SandboxEngine _engine = new();
    private readonly WasiHost _host;
    private readonly CompilerPool _compilers;
    private readonly ModuleCache _cache;
    private readonly GuestRunner _runner;

    /// <param name="options">Limits.</param>
    /// <param name="cacheDirectory">Where compiled modules are kept, or null for memory only.</param>
    /// <param name="cacheKey">Secret key, 32 bytes, that authenticates files in that directory.</param>
    /// <exception cref="EngineRefusedException">The engine is too old, or not the one that came with this program.</exception>
    /// <exception cref="ArgumentException">There is a directory and the key is not 32 bytes long.</exception>
    public WasmSandbox(SandboxOptions options, string? cacheDirectory = null, ReadOnlyMemory<byte> cacheKey = default)
    {
        if (cacheDirectory is not null && cacheKey.Length != ArtifactStore.KeyBytes)
        {
            throw new ArgumentException($"The key of the module cache must be {ArtifactStore.KeyBytes} bytes: without it anyone who can write there runs native code.", nameof(cacheKey));
        }

        EngineFloor.Check(_engine.Wasmtime);
        _host = new WasiHost(_engine.Wasmtime);
        var store = cacheDirectory is null ? null : new ArtifactStore(cacheDirectory, cacheKey, EngineProfile.Digest, options.CacheDiskBytes, TimeProvider.System);
        _compilers = new CompilerPool(options, TimeProvider.System);
        _cache = new ModuleCache(_compilers, new ModuleLoader(_engine, _host, options), store, options);
        _runner = new GuestRunner(_engine, _host);
    }

    /// <summary>Statistics of the module cache.</summary>
    public CacheStatistics CacheStatistics => _cache.Statistics();

    /// <summary>The binary form of a module in text format, converted in this process: for text that comes from no stranger.</summary>
    /// <exception cref="ModuleException">The text is not a module.</exception>
    public static byte[] ConvertText(string text)
    {
        try
        {
            return Wasmtime.Module.ConvertText(text);
        }
        catch (Wasmtime.WasmtimeException exception)
        {
            throw new ModuleException(ModuleException.Invalid, $"The text is not a module: {exception.Message.Split('\n')[0].Trim()}");
        }
    }

    /// <summary>The binary form of a module in text format, converted in a compiler process.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="cancellationToken">Ends the conversion.</param>
    /// <exception cref="ModuleException">The text is not a module, or converting it takes more time or memory than it may.</exception>
    public Task<ReadOnlyMemory<byte>> ConvertTextAsync(ReadOnlyMemory<byte> text, CancellationToken cancellationToken) =>
        _compilers.AskAsync(CompilerWork.ConvertText, text, cancellationToken);

    /// <summary>Compiles a module, or finds it compiled, and hands out a lease that keeps it in memory.</summary>
    /// <param name="digest">Digest of the bytes.</param>
    /// <param name="bytes">Asked for the bytes only if they must be compiled.</param>
    /// <param name="cancellationToken">Ends the wait, and the compilation if nobody else waits for it.</param>
    /// <exception cref="ModuleException">The bytes are no module that can run here.</exception>
    public async Task<ModuleLease> PrepareAsync(Digest digest, Func<CancellationToken, Task<ReadOnlyMemory<byte>>> bytes, CancellationToken cancellationToken)
    {
        var (module, hit) = await _cache.GetAsync(digest, bytes, cancellationToken);
        return new ModuleLease(module, hit);
    }

    /// <summary>Compiles a module that may be in the cache, and keeps nothing of it: it takes the time that it takes, whatever is cached.</summary>
    /// <exception cref="ModuleException">The bytes are no module that can run here.</exception>
    public Task CompileOnceMoreAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => _compilers.AskAsync(CompilerWork.Compile, bytes, cancellationToken);

    /// <summary>Runs a prepared module once. Blocks for as long as the guest runs; call it on a <see cref="GuestThreads"/> thread.</summary>
    /// <exception cref="InvalidOperationException">The thread is no guest thread, or the request is for another module or bundle, or lacks the module's digest.</exception>
    public ExecutionResult Execute(ModuleLease module, ExecutionRequest request, CancellationToken cancellationToken)
    {
        if (!GuestThreads.IsCurrent)
        {
            throw new InvalidOperationException("Guests run only on threads of GuestThreads: any other stack may be too small.");
        }

        if (module.Compiled.Digest != request.Module)
        {
            throw new InvalidOperationException("The request names another module.");
        }

        if (request.Hash == ContentHash.Sha256 ? request.StatedModule != request.Module : request.ModuleDigest is null)
        {
            throw new InvalidOperationException($"The request does not say the module's digest under {request.Hash}.");
        }

        if (request.Bundle?.DigestUnder(request.Hash) != request.Invocation.Bundle)
        {
            throw new InvalidOperationException("The bundle is not the one that the invocation names.");
        }

        return _runner.Run(module.Compiled, request, cancellationToken);
    }

    /// <summary>Forgets a compiled module in memory and on disk.</summary>
    public void Forget(Digest digest) => _cache.Remove(digest);

    /// <inheritdoc/>
    public void Dispose()
    {
        _cache.Dispose();
        _compilers.Dispose();
        _host.Dispose();
        _engine.Dispose();
    }
}
