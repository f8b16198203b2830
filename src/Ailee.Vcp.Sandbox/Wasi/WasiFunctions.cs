using Ailee.Vcp.Sandbox.Modules;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Wasi;

/// <summary>The functions that are offered under one module name of imports. The Wasi… classes of this folder add theirs.</summary>
internal sealed class WasiFunctions(Linker linker, string module, WasiAbi abi)
{
    private readonly Dictionary<string, FunctionSignature> _signatures = new(StringComparer.Ordinal);

    /// <summary>Layouts and numbers in which the versions differ.</summary>
    public WasiAbi Abi { get; } = abi;

    /// <summary>Signatures by name.</summary>
    public IReadOnlyDictionary<string, FunctionSignature> Signatures => _signatures;

    public void Define(string name, CallerFunc<int> function) => linker.DefineFunction(module, Signed(name, function), function);

    public void Define<T1>(string name, CallerAction<T1> function)
        where T1 : struct =>
            linker.DefineFunction(module, Signed(name, function), function);

    public void Define<T1>(string name, CallerFunc<T1, int> function)
        where T1 : struct =>
            linker.DefineFunction(module, Signed(name, function), function);

    public void Define<T1, T2>(string name, CallerFunc<T1, T2, int> function)
        where T1 : struct where T2 : struct =>
            linker.DefineFunction(module, Signed(name, function), function);

    public void Define<T1, T2, T3>(string name, CallerFunc<T1, T2, T3, int> function)
        where T1 : struct where T2 : struct where T3 : struct =>
            linker.DefineFunction(module, Signed(name, function), function);

    public void Define<T1, T2, T3, T4>(string name, CallerFunc<T1, T2, T3, T4, int> function)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct =>
            linker.DefineFunction(module, Signed(name, function), function);

    public void Define<T1, T2, T3, T4, T5>(string name, CallerFunc<T1, T2, T3, T4, T5, int> function)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct =>
            linker.DefineFunction(module, Signed(name, function), function);

    public void Define<T1, T2, T3, T4, T5, T6>(string name, CallerFunc<T1, T2, T3, T4, T5, T6, int> function)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct where T6 : struct =>
            linker.DefineFunction(module, Signed(name, function), function);

    public void Define<T1, T2, T3, T4, T5, T6, T7>(string name, CallerFunc<T1, T2, T3, T4, T5, T6, T7, int> function)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct where T6 : struct where T7 : struct =>
            linker.DefineFunction(module, Signed(name, function), function);

    public void Define<T1, T2, T3, T4, T5, T6, T7, T8, T9>(string name, CallerFunc<T1, T2, T3, T4, T5, T6, T7, T8, T9, int> function)
        where T1 : struct where T2 : struct where T3 : struct where T4 : struct where T5 : struct where T6 : struct where T7 : struct where T8 : struct where T9 : struct =>
            linker.DefineFunction(module, Signed(name, function), function);

    private string Signed(string name, Delegate function)
    {
        var invoke = function.GetType().GetMethod("Invoke")!;
        var parameters = invoke.GetParameters().Skip(1).Select(parameter => TypeName(parameter.ParameterType));
        _signatures.Add(name, new FunctionSignature([.. parameters], invoke.ReturnType == typeof(void) ? [] : [TypeName(invoke.ReturnType)]));
        return name;
    }

    private static string TypeName(Type type) => type == typeof(long) ? "i64" : "i32";
}
