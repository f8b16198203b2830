using Wasmtime;

namespace Ailee.Vcp.Sandbox.Tests.Engine;

/// <summary>
/// Wasmtime without our sandbox around it, for tests that pin what it does. Host functions: <c>h.call</c> counts its calls,
/// <c>h.fuel</c> answers the fuel it sees, <c>h.set</c> sets it, <c>h.throw</c> throws.
/// </summary>
internal static class PlainWasmtime
{
    public static Config Metered() => new Config().WithFuelConsumption(true).WithMaximumStackSize(1024 * 1024).WithMemoryInitCopyOnWrite(false);

    /// <param name="wat">The module.</param>
    /// <param name="fuel">Fuel at the call; instantiation is not metered.</param>
    /// <param name="config">Settings, or null for <see cref="Metered"/>.</param>
    public static PlainRun Run(string wat, ulong fuel, Config? config = null)
    {
        using var settings = config ?? Metered();
        using var engine = new global::Wasmtime.Engine(settings);
        using var module = Module.FromText(engine, "guest", wat);
        using var linker = new Linker(engine);
        using var store = new Store(engine);
        var calls = 0;
        linker.DefineFunction("h", "call", () => { calls++; });
        linker.DefineFunction("h", "fuel", (Caller caller) => (long)caller.Fuel);
        linker.DefineFunction("h", "set", (Caller caller, long value) => { caller.Fuel = (ulong)value; });
        linker.DefineFunction("h", "throw", () => throw new InvalidOperationException("thrown by the host"));
        store.Fuel = long.MaxValue;
        store.SetEpochDeadline(ulong.MaxValue / 2);
        var instance = linker.Instantiate(store, module);
        store.Fuel = fuel;
        object? result = null;
        WasmtimeException? failure = null;
        try
        {
            result = instance.GetFunction("run")!.Invoke();
        }
        catch (WasmtimeException exception)
        {
            failure = exception;
        }

        return new PlainRun(result, failure, store.Fuel, fuel - store.Fuel, calls);
    }
}

/// <summary>How a call ended. <paramref name="Result"/> is what it returned, <paramref name="Failure"/> what it threw.</summary>
internal sealed record PlainRun(object? Result, WasmtimeException? Failure, ulong FuelLeft, ulong FuelUsed, int HostCalls)
{
    public TrapCode? Trap => (Failure as TrapException)?.Type;
}
