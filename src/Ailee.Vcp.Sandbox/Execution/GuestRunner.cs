using System.Diagnostics;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Sandbox.Engine;
using Ailee.Vcp.Sandbox.Modules;
using Ailee.Vcp.Sandbox.Wasi;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Execution;

/// <summary>Runs a compiled module once, on the calling thread, and says what came of it.</summary>
internal sealed class GuestRunner(SandboxEngine engine, WasiHost host)
{
    private const string HostShortOfMemory = "The host is short of memory.";

    public ExecutionResult Run(CompiledModule module, ExecutionRequest request, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        engine.Ticker.GuestStarted();
        try
        {
            return Run(module, request, started, cancellationToken);
        }
        catch (Exception exception)
        {
            // Most likely memory ran out before or after the guest. The text is short on purpose: a whole stack trace takes more of it.
            return Inconclusive(InconclusiveReason.EngineFault, $"{exception.GetType()}: {exception.Message}", started);
        }
        finally
        {
            engine.Ticker.GuestStopped();
        }
    }

    private ExecutionResult Run(CompiledModule module, ExecutionRequest request, long started, CancellationToken cancellationToken)
    {
        HostMemory.Begin();
        if (HostMemory.WasShort)
        {
            return Inconclusive(InconclusiveReason.EngineFault, HostShortOfMemory, started);
        }

        using var state = new GuestState(request, cancellationToken);
        using var store = new Store(engine.Wasmtime, state);
        var invocationBytes = request.Invocation.Encode();
        var input = Digest.Of(invocationBytes);
        state.Trace.Start(request.Module, request.Entrypoint, input);
        var end = Observe(() => Call(module, store, state), store, state);
        return end.Reason is { } reason
            ? Inconclusive(reason, end.Detail ?? string.Empty, started)
            : Conclude(end, state, store, invocationBytes, input, started);
    }

    private static ExecutionResult.Inconclusive Inconclusive(InconclusiveReason reason, string detail, long started) =>
        new() { Reason = reason, Detail = detail, WallTime = Stopwatch.GetElapsedTime(started) };

    private IReadOnlyList<ScalarValue> Call(CompiledModule module, Store store, GuestState state)
    {
        var limits = state.Request.Invocation.Limits;
        store.SetLimits(limits.MemoryBytes, (uint)Math.Min(limits.TableElements, uint.MaxValue), instances: 1, tables: SandboxEngine.MaxTables, memories: 1);
        store.SetEpochDeadline(1);
        store.SetEpochDeadlineCallback(static callbackStore =>
        {
            ((GuestState)callbackStore.GetData()!).ThrowIfInterrupted();
            return 1;
        });

        // What instantiation costs differs between platforms, so it is not metered. No guest code runs in it: the start section is gone.
        store.Fuel = long.MaxValue;
        var instance = host.Linker.Instantiate(store, module.Module);
        state.Memory = module.HasMemory ? instance.GetMemory(ModuleBinary.MemoryExport) : null;
        var entrypoint = Resolve(instance, state.Request);
        store.Fuel = (ulong)limits.Instructions;
        if (module.HasStart)
        {
            instance.GetAction(ModuleBinary.StartExport)!();
        }

        return entrypoint();
    }

    /// <summary>
    /// The call to make. One that cannot be made, or whose results could not be told, is found here, before the start function: an
    /// engine fault after guest code ran would be work that nobody answers for.
    /// </summary>
    private static Func<IReadOnlyList<ScalarValue>> Resolve(Instance instance, ExecutionRequest request)
    {
        var function = instance.GetFunction(request.Entrypoint)
            ?? throw new InvalidOperationException($"The module exports no function '{request.Entrypoint}'.");
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

    /// <summary>The outcome table: every way in which a guest can end, and nothing else.</summary>
    private static GuestEnd Observe(Func<IReadOnlyList<ScalarValue>> call, Store store, GuestState state)
    {
        GuestEnd end;
        try
        {
            var results = call();
            end = store.Fuel == 0 ? GuestEnd.Of(Outcome.OutOfFuel) : GuestEnd.Of(Outcome.Completed) with { ExitCode = 0, Results = results };
        }
        catch (TrapException trap) when (trap.Type == TrapCode.OutOfFuel)
        {
            end = GuestEnd.Of(Outcome.OutOfFuel);
        }
        catch (TrapException trap) when (trap.Type == TrapCode.StackOverflow)
        {
            end = GuestEnd.Of(InconclusiveReason.StackLimit, "The guest's stack overflowed.");
        }
        catch (TrapException trap) when (TrapNames.Of(trap.Type) is { } name)
        {
            end = GuestEnd.Of(Outcome.Trapped) with { Trap = name };
        }
        catch (WasmtimeException exception) when (exception.InnerException is GuestStopException && state.Stop != StopReason.None)
        {
            end = Stopped(state);
        }
        catch (Exception exception)
        {
            end = GuestEnd.Of(InconclusiveReason.EngineFault, exception.ToString());
        }

        // Whatever the guest made of it: it was refused what another host would have given.
        if (HostMemory.WasShort)
        {
            return GuestEnd.Of(InconclusiveReason.EngineFault, HostShortOfMemory);
        }

        return end.Reason is null && state.PastDeadline ? GuestEnd.Of(InconclusiveReason.Timeout, "The run ended after its deadline.") : end;
    }

    private static GuestEnd Stopped(GuestState state) => state.Stop switch
    {
        StopReason.Exit => GuestEnd.Of(Outcome.Completed) with { ExitCode = state.ExitCode },
        StopReason.OutOfFuel => GuestEnd.Of(Outcome.OutOfFuel),
        StopReason.OutputLimit => GuestEnd.Of(Outcome.OutputLimit),
        StopReason.HostMemory => GuestEnd.Of(InconclusiveReason.EngineFault, HostShortOfMemory),
        StopReason.Timeout => GuestEnd.Of(InconclusiveReason.Timeout, "The wall time is over."),
        _ => GuestEnd.Of(InconclusiveReason.Cancelled, "The run was cancelled."),
    };

    private static ExecutionResult.Conclusive Conclude(GuestEnd end, GuestState state, Store store, byte[] invocationBytes, Digest input, long started)
    {
        var request = state.Request;
        var limits = request.Invocation.Limits;
        var instructions = end.Outcome == Outcome.OutOfFuel ? limits.Instructions : limits.Instructions - (long)Math.Min(store.Fuel, (ulong)limits.Instructions);
        var pages = state.Memory?.GetSize() ?? 0;
        var (stdout, stderr) = (state.Streams.Stdout, state.Streams.Stderr);
        var output = new OutputRecord
        {
            Stdout = Blob.Of(stdout.Span),
            Stderr = Blob.Of(stderr.Span),
            Results = end.Results,
            Trap = end.Trap,
        };
        var outputBytes = output.Encode();
        var outputDigest = Digest.Of(outputBytes);
        return new ExecutionResult.Conclusive
        {
            Request = request,
            Outcome = end.Outcome,
            ExitCode = end.ExitCode,
            Output = output,
            OutputBytes = outputBytes,
            InvocationBytes = invocationBytes,
            InputDigest = input,
            OutputDigest = outputDigest,
            Stdout = stdout,
            Stderr = stderr,
            Trace = state.Trace.Finish(end.Outcome, end.ExitCode, outputDigest, instructions, pages),
            Instructions = instructions,
            Gas = GasSchedule.Total(instructions, pages, invocationBytes.Length + request.Stdin.Length, outputBytes.Length + stdout.Length + stderr.Length),
            MemoryPages = pages,
            WallTime = Stopwatch.GetElapsedTime(started),
        };
    }

    private sealed record GuestEnd(Outcome Outcome, long ExitCode, IReadOnlyList<ScalarValue> Results, string? Trap, InconclusiveReason? Reason, string? Detail)
    {
        public static GuestEnd Of(Outcome outcome) => new(outcome, StatementPayload.NoExit, [], null, null, null);

        public static GuestEnd Of(InconclusiveReason reason, string detail) => new(default, StatementPayload.NoExit, [], null, reason, detail);
    }
}
