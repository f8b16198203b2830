using Ailee.Vcp.Core;
using Ailee.Vcp.Sandbox.Compilation;
using Ailee.Vcp.Sandbox.Engine;
using Ailee.Vcp.Sandbox.Wasi;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Modules;

/// <summary>Turns artifacts of our own making into modules that this sandbox can run, and refuses those that no task here could.</summary>
internal sealed class ModuleLoader(SandboxEngine engine, WasiHost host, SandboxOptions options)
{
    /// <summary>Null if the artifact is of another version of this program or of the engine.</summary>
    /// <exception cref="ModuleException">The module asks for more than a task here can have.</exception>
    public CompiledModule? Load(Digest digest, ModuleArtifact artifact)
    {
        if (artifact.ReadDescription() is not { } description)
        {
            return null;
        }

        ModuleInspector.CheckImports(description, host);
        CheckDemands(description);
        try
        {
            return new CompiledModule(digest, Module.Deserialize(engine.Wasmtime, "guest", artifact.Code.Span), description, artifact.Bytes.Length);
        }
        catch (WasmtimeException)
        {
            return null;
        }
    }

    // Tables lie beside the linear memory, so they are bounded in number and in size; no task could instantiate more.
    private void CheckDemands(ModuleDescription description)
    {
        if (description.MinimumMemoryPages * 65536 > options.MemoryBytes)
        {
            throw TooDemanding($"The module starts with {description.MinimumMemoryPages} pages of memory; the limit is {options.MemoryBytes} bytes.");
        }

        if (description.Tables.Count > SandboxEngine.MaxTables)
        {
            throw TooDemanding($"The module has {description.Tables.Count} tables; the limit is {SandboxEngine.MaxTables}.");
        }

        if (description.Tables.Any(table => table.Minimum > options.TableElements))
        {
            throw TooDemanding($"A table starts with {description.Tables.Max(table => table.Minimum)} elements; the limit is {options.TableElements}.");
        }
    }

    private static ModuleException TooDemanding(string message) => new(ModuleException.TooDemanding, message);
}
