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
    public const int AbiVersion = 1;

    /// <summary>Module name of the imports.</summary>
    public const string ModuleName = "wasi_snapshot_preview1";

    private readonly Dictionary<string, FunctionSignature> _signatures = new(StringComparer.Ordinal);

    public WasiHost(global::Wasmtime.Engine engine)
    {
        Linker = new Linker(engine);
        WasiProcess.Register(this);
        WasiTime.Register(this);
        WasiStreams.Register(this);
        WasiFiles.Register(this);
    }

    public Linker Linker { get; }

    /// <summary>Signatures of the functions offered, by name.</summary>
    public IReadOnlyDictionary<string, FunctionSignature> Signatures => _signatures;

    public void Define(string name, CallerFunc<int> function) => Linker.DefineFunction(ModuleName, Signed(name, function), function);

    public void Define<T1>(string name, CallerAction<T1> function)
        where T1 : struct =>
            Linker.DefineFunction(ModuleName, Signed(name, function), function);

    public void Define<T1>(string name, CallerFunc<T1, int> function)
        where T1 : struct =>
            Linker.DefineFunction(ModuleName, Signed(name, function), function);

    public void Define<T1, T2>(string name, CallerFunc<T1, T2, int> function)
        where T1 : struct where T2 : struct =>
            Linker.DefineFunction(ModuleName, Signed(name, function), function);

    public void Define<T1, T2, T3>(string name, CallerFunc<T1, T2, T3, int> function)
        where T1 : struct where T2 : struct where T3 : struct =>
            Linker.DefineFunction(ModuleName, Signed(name, function), function);

    public void Define<T1, T2, T3, T4>(string name, CallerFunc<T1, T2, T3, T4, int> function)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct =>
            Linker.DefineFunction(ModuleName, Signed(name, function), function);

    public void Define<T1, T2, T3, T4, T5>(string name, CallerFunc<T1, T2, T3, T4, T5, int> function)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct =>
            Linker.DefineFunction(ModuleName, Signed(name, function), function);

    public void Define<T1, T2, T3, T4, T5, T6>(string name, CallerFunc<T1, T2, T3, T4, T5, T6, int> function)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct where T6 : struct =>
            Linker.DefineFunction(ModuleName, Signed(name, function), function);

    public void Define<T1, T2, T3, T4, T5, T6, T7>(string name, CallerFunc<T1, T2, T3, T4, T5, T6, T7, int> function)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct where T6 : struct where T7 : struct =>
            Linker.DefineFunction(ModuleName, Signed(name, function), function);

    public void Define<T1, T2, T3, T4, T5, T6, T7, T8, T9>(string name, CallerFunc<T1, T2, T3, T4, T5, T6, T7, T8, T9, int> function)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct where T6 : struct where T7 : struct where T8 : struct where T9 : struct =>
            Linker.DefineFunction(ModuleName, Signed(name, function), function);

    public void Dispose() => Linker.Dispose();

    private string Signed(string name, Delegate function)
    {
        var invoke = function.GetType().GetMethod("Invoke")!;
        var parameters = invoke.GetParameters().Skip(1).Select(parameter => TypeName(parameter.ParameterType));
        _signatures.Add(name, new FunctionSignature([.. parameters], invoke.ReturnType == typeof(void) ? [] : [TypeName(invoke.ReturnType)]));
        return name;
    }

    private static string TypeName(Type type) => type == typeof(long) ? "i64" : "i32";
}
