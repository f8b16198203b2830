using Ailee.Vcp.Sandbox.Engine;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Compilation;

/// <summary>
/// Tells which proposals that are off here an invalid module would need: it is validated with all of them on, and then with each
/// one off. No engine message is read for it.
/// </summary>
internal sealed class ProposalProbe : IDisposable
{
    // A module that needs several is refused by the first of them.
    private static readonly (string Name, Func<Config, bool, Config> Switch)[] Proposals =
    [
        ("threads", (config, on) => config.WithWasmThreads(on)),
        ("memory64", (config, on) => config.WithMemory64(on)),
        ("multi-memory", (config, on) => config.WithMultiMemory(on)),
        ("gc", (config, on) => config.WithGc(on)),
        ("exceptions", (config, on) => config.WithExceptions(on)),
        ("function-references", (config, on) => config.WithFunctionReferences(on)),
        ("wide-arithmetic", (config, on) => config.WithWideArithmetic(on)),
    ];

    private readonly Lazy<ProbeEngine> _everything = new(() => new ProbeEngine(null));
    private readonly Lazy<(string Name, ProbeEngine Without)>[] _without =
        [.. Proposals.Select(proposal => new Lazy<(string, ProbeEngine)>(() => (proposal.Name, new ProbeEngine(proposal.Name))))];

    /// <summary>The proposals that the module cannot do without; empty if it is invalid with all of them too, or needs one or the other.</summary>
    public IReadOnlyList<string> Needed(ReadOnlySpan<byte> module)
    {
        var needed = new List<string>();
        if (_everything.Value.Takes(module))
        {
            foreach (var (name, without) in _without.Select(engine => engine.Value))
            {
                if (!without.Takes(module))
                {
                    needed.Add(name);
                }
            }
        }

        return needed;
    }

    public void Dispose()
    {
        foreach (var engine in _without.Where(engine => engine.IsValueCreated))
        {
            engine.Value.Without.Dispose();
        }

        if (_everything.IsValueCreated)
        {
            _everything.Value.Dispose();
        }
    }

    private sealed class ProbeEngine : IDisposable
    {
        private readonly Config _config;
        private readonly global::Wasmtime.Engine _engine;

        public ProbeEngine(string? without)
        {
            _config = SandboxEngine.Configure(new Config());
            foreach (var (name, set) in Proposals)
            {
                set(_config, name != without);
            }

            _engine = new global::Wasmtime.Engine(_config);
        }

        public bool Takes(ReadOnlySpan<byte> module) => Module.Validate(_engine, module) is null;

        public void Dispose()
        {
            _engine.Dispose();
            _config.Dispose();
        }
    }
}
