using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Sandbox.Modules;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Execution;

/// <summary>
/// The way into a guest. One that cannot be taken, or whose results could not be told, is found when it is resolved, before any
/// guest code: an engine fault after guest code ran would be work that nobody answers for.
/// </summary>
internal static class GuestEntry
{
    /// <summary>Everything to call, in order: the start function, <c>_initialize</c>, the entrypoint.</summary>
    public static Func<IReadOnlyList<ScalarValue>> Resolve(CompiledModule module, Instance instance, Store store, GuestState state)
    {
        var start = module.HasStart ? instance.GetAction(ModuleBinary.StartExport) : null;
        // A command begins by itself; the functions of a reactor may be called once it has set itself up.
        var initialize = state.Request.Entrypoint is ModuleDescription.CommandEntrypoint or ModuleDescription.ReactorEntrypoint
            ? null
            : instance.GetFunction(ModuleDescription.ReactorEntrypoint)?.WrapAction();
        var entrypoint = Entrypoint(instance, store, state);
        return () =>
        {
            start?.Invoke();
            initialize?.Invoke();
            return entrypoint();
        };
    }

    private static Func<IReadOnlyList<ScalarValue>> Entrypoint(Instance instance, Store store, GuestState state)
    {
        var request = state.Request;
        var function = instance.GetFunction(request.Entrypoint)
            ?? throw new InvalidOperationException($"The module exports no function '{request.Entrypoint}'.");
        if (request.Invocation.PassesBytes)
        {
            return BytesCall.Resolve(instance, store, state);
        }

        if (request.Invocation.FunctionArguments is not { } values)
        {
            var command = function.WrapAction() ?? throw new InvalidOperationException($"'{request.Entrypoint}' is no command: it has parameters or results.");
            return () =>
            {
                command();
                return [];
            };
        }

        var arguments = ScalarConversion.ToArguments(values, function.Parameters);
        ScalarConversion.CheckResults(function.Results);
        return () => ScalarConversion.FromResult(function.Invoke(arguments), function.Results);
    }
}
