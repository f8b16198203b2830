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
        var input = request.Hash.Of(invocationBytes);
        state.Trace.Start(request.StatedModule, request.Entrypoint, input);
        var (end, files) = Collect(Observe(() => Call(module, store, state), store, state), state);
        return end.Reason is { } reason
            ? Inconclusive(reason, end.Detail ?? string.Empty, started)
            : Conclude(end, files, state, store, invocationBytes, input, started);
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
        var call = GuestEntry.Resolve(module, instance, store, state);
        store.Fuel = (ulong)limits.Instructions;
        return call();
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
        catch (Exception exception) when ((exception.InnerException ?? exception) is GuestStopException && state.Stop != StopReason.None)
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
        StopReason.OutOfBounds => GuestEnd.Of(Outcome.Trapped) with { Trap = TrapNames.MemoryOutOfBounds },
        StopReason.OutputLimit => GuestEnd.Of(Outcome.OutputLimit),
        StopReason.HostMemory => GuestEnd.Of(InconclusiveReason.EngineFault, HostShortOfMemory),
        StopReason.Timeout => GuestEnd.Of(InconclusiveReason.Timeout, "The wall time is over."),
        _ => GuestEnd.Of(InconclusiveReason.Cancelled, "The run was cancelled."),
    };

    /// <summary>Takes the files that were asked for. A run that completed, but not with all of them, did not.</summary>
    private static (GuestEnd End, OutputFiles Files) Collect(GuestEnd end, GuestState state)
    {
        if (end.Reason is not null)
        {
            return (end, OutputFiles.None);
        }

        try
        {
            var files = OutputFiles.Collect(state);
            return (end.Outcome == Outcome.Completed && !files.IsComplete ? GuestEnd.Of(Outcome.OutputLimit) : end, files);
        }
        catch (GuestStopException)
        {
            return (Stopped(state), OutputFiles.None);
        }
    }

    private static ExecutionResult.Conclusive Conclude(GuestEnd end, OutputFiles files, GuestState state, Store store, byte[] invocationBytes, Digest input, long started)
    {
        var request = state.Request;
        var limits = request.Invocation.Limits;
        var instructions = end.Outcome == Outcome.OutOfFuel ? limits.Instructions : limits.Instructions - (long)Math.Min(store.Fuel, (ulong)limits.Instructions);
        var pages = state.Memory?.GetSize() ?? 0;
        var (stdout, stderr) = (state.Streams.Stdout, state.Streams.Stderr);
        var output = new OutputRecord
        {
            Stdout = Blob.Of(stdout.Span, request.Hash),
            Stderr = Blob.Of(stderr.Span, request.Hash),
            Results = end.Results,
            Trap = end.Trap,
            Files = files.Records,
        };
        var outputBytes = output.Encode();
        var outputDigest = request.Hash.Of(outputBytes);
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
            Files = files.Contents,
            Trace = state.Trace.Finish(end.Outcome, end.ExitCode, outputDigest, instructions, pages),
            Instructions = instructions,
            Gas = GasSchedule.Total(instructions, pages, invocationBytes.Length + request.Stdin.Length, outputBytes.Length + stdout.Length + stderr.Length + files.SizeBytes),
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
