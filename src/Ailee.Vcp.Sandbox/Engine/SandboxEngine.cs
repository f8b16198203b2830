using Wasmtime;

namespace Ailee.Vcp.Sandbox.Engine;

/// <summary>The one Wasmtime engine of the process: every setting that could change what a guest sees is set here, explicitly.</summary>
internal sealed class SandboxEngine : IDisposable
{
    /// <summary>Guest stack. Frames of compiled code live on it, so its overflow is never a signed outcome.</summary>
    public const int StackBytes = 1024 * 1024;

    /// <summary>Tables of one module. Compilers make one or two.</summary>
    public const int MaxTables = 16;

    private readonly Config _config;

    public SandboxEngine()
    {
        _config = Configure(new Config())
            .WithFuelConsumption(true)
            .WithEpochInterruption(true);
        HostMemory.Supply(_config);
        Wasmtime = new global::Wasmtime.Engine(_config);
        Ticker = new EpochTicker(Wasmtime);
    }

    public global::Wasmtime.Engine Wasmtime { get; }

    public EpochTicker Ticker { get; }

    /// <summary>Everything but the meters: benchmarks build their unmetered baseline from it.</summary>
    public static Config Configure(Config config) => config
        .WithCompilerStrategy(CompilerStrategy.Cranelift)
        .WithOptimizationLevel(OptimizationLevel.Speed)
        .WithMaximumStackSize(StackBytes)

        // Determinism.
        .WithCraneliftNaNCanonicalization(true)
        .WithRelaxedSIMD(true, true)
        .WithMemoryInitCopyOnWrite(false)

        // Proposals that are on.
        .WithSIMD(true)
        .WithBulkMemory(true)
        .WithMultiValue(true)
        .WithReferenceTypes(true)
        .WithTailCalls(true)

        // Proposals that are off.
        .WithWasmThreads(false)
        .WithMultiMemory(false)
        .WithMemory64(false)
        .WithGc(false)
        .WithFunctionReferences(false)
        .WithExceptions(false)
        .WithWideArithmetic(false)
        .WithBranchHinting(false)
        .WithComponentModel(false);

    public void Dispose()
    {
        Ticker.Dispose();
        Wasmtime.Dispose();
        _config.Dispose();
    }
}
