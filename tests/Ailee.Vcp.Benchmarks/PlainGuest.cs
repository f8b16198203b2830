using Ailee.Vcp.Sandbox.Engine;
using Wasmtime;

namespace Ailee.Vcp.Benchmarks;

/// <summary>A guest in plain Wasmtime: with our configuration and, if a directory is given, Wasmtime's own WASI on it.</summary>
internal sealed class PlainGuest : IDisposable
{
    private readonly Config _config;
    private readonly Engine _engine;
    private readonly Linker _linker;
    private readonly Module _module;
    private readonly bool _metered;
    private readonly DirectoryInfo? _directory;
    private readonly BenchCommand? _command;

    /// <param name="module">The module.</param>
    /// <param name="metered">Whether fuel and epochs are on, as in the sandbox.</param>
    /// <param name="directory">Where the guest's <c>/</c> is; stdout is a file beside it.</param>
    public PlainGuest(byte[] module, bool metered, DirectoryInfo? directory = null)
    {
        _metered = metered;
        _directory = directory;
        _config = SandboxEngine.Configure(new Config()).WithFuelConsumption(metered).WithEpochInterruption(metered);
        _engine = new Engine(_config);
        _linker = new Linker(_engine);
        if (directory is not null)
        {
            _linker.DefineWasi();
        }

        _module = Module.FromBytes(_engine, "guest", module);
    }

    /// <summary>A command whose files are put into the directory.</summary>
    public PlainGuest(BenchCommand command, DirectoryInfo directory)
        : this(command.Module, metered: true, directory)
    {
        _command = command;
        command.WriteTo(directory);
    }

    /// <summary>What the last run printed.</summary>
    public byte[] Stdout => File.ReadAllBytes(StdoutPath);

    private string StdoutPath => _directory!.FullName + ".stdout";

    /// <summary>Calls the exported function <c>run</c>.</summary>
    public object? Run(params int[] arguments)
    {
        using var store = CreateStore();
        return _linker.Instantiate(store, _module).GetFunction("run")!.Invoke([.. arguments.Select(argument => (ValueBox)argument)]);
    }

    /// <summary>Runs the command.</summary>
    public void RunCommand()
    {
        using var store = CreateStore();
        _linker.Instantiate(store, _module).GetAction("_start")!();
    }

    public void Dispose()
    {
        _module.Dispose();
        _linker.Dispose();
        _engine.Dispose();
        _config.Dispose();
        if (_directory is not null)
        {
            File.Delete(StdoutPath);
        }
    }

    private Store CreateStore()
    {
        var store = new Store(_engine);
        if (_metered)
        {
            store.Fuel = 1_000_000_000_000;
            store.SetEpochDeadline(1);
        }

        if (_directory is not null)
        {
            store.SetWasiConfiguration(new WasiConfiguration()
                .WithArgs(["main", .. _command?.Arguments ?? []])
                .WithEnvironmentVariables((_command?.Environment ?? new Dictionary<string, string>()).Select(variable => (variable.Key, variable.Value)))
                .WithPreopenedDirectory(_directory.FullName, "/", mutable: true)
                .WithPreopenedDirectory(_directory.FullName, ".", mutable: true)
                .WithInheritedStandardError()
                .WithStandardOutput(StdoutPath));
        }

        return store;
    }
}
