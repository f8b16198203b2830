using Ailee.Vcp.Sandbox.Modules;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Wasi;

/// <summary>
/// Everything that a guest can call: deterministic WASI preview 1 (docs/design/wasi.md). The functions are in the Wasi… classes
/// of this folder by subject; each registers its own. Independent of any store, so one instance serves every execution.
/// </summary>
internal sealed class WasiHost : IDisposable
{
    /// <summary>Version of what host calls do and record, part of the profile.</summary>
    public const int AbiVersion = 2;

    private readonly Dictionary<string, WasiFunctions> _modules = new(StringComparer.Ordinal);

    public WasiHost(global::Wasmtime.Engine engine)
    {
        Linker = new Linker(engine);
        Preview1 = Register("wasi_snapshot_preview1", WasiAbi.Preview1);
        Register("wasi_unstable", WasiAbi.Unstable);
    }

    public Linker Linker { get; }

    /// <summary>The version that modules import today.</summary>
    public WasiFunctions Preview1 { get; }

    /// <summary>Module names of imports that are offered.</summary>
    public IEnumerable<string> Modules => _modules.Keys;

    /// <summary>The signature of a function offered, or null.</summary>
    public FunctionSignature? Find(string module, string name) => _modules.GetValueOrDefault(module)?.Signatures.GetValueOrDefault(name);

    public void Dispose() => Linker.Dispose();

    private WasiFunctions Register(string module, WasiAbi abi)
    {
        var functions = new WasiFunctions(Linker, module, abi);
        WasiProcess.Register(functions);
        WasiTime.Register(functions);
        WasiReadWrite.Register(functions);
        WasiDescriptors.Register(functions);
        WasiFileStat.Register(functions);
        WasiDirectories.Register(functions);
        WasiPaths.Register(functions);
        WasiSockets.Register(functions);
        _modules.Add(module, functions);
        return functions;
    }
}
