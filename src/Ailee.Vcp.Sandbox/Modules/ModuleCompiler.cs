using Ailee.Vcp.Core;
using Ailee.Vcp.Sandbox.Engine;
using Ailee.Vcp.Sandbox.Wasi;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Modules;

/// <summary>Turns bytes into compiled modules. Blocking and CPU-bound; the cache bounds how many run at once.</summary>
internal sealed class ModuleCompiler(SandboxEngine engine, WasiHost host, SandboxOptions options)
{
    /// <exception cref="ModuleException">The bytes are no module that can run here.</exception>
    public (CompiledModule Module, byte[] Artifact) Compile(Digest digest, ReadOnlyMemory<byte> bytes)
    {
        ModuleBinary.CheckHeader(bytes.Span);
        // The original is validated, not only the edited bytes: the edit drops the start section, and with it the check of its type.
        if (Module.Validate(engine.Wasmtime, bytes.Span) is { } problem)
        {
            throw new ModuleException(ModuleException.Invalid, $"The module is not valid: {FirstLine(problem)}");
        }

        CheckTables(bytes.Span);
        try
        {
            var module = Module.FromBytes(engine.Wasmtime, "guest", ModuleBinary.Edit(bytes).Span);
            var artifact = module.Serialize();
            return (Describe(digest, module, artifact.Length), artifact);
        }
        catch (WasmtimeException exception)
        {
            throw new ModuleException(ModuleException.Invalid, $"The module does not compile: {FirstLine(exception.Message)}");
        }
    }

    /// <summary>Null if the engine does not take the artifact.</summary>
    public CompiledModule? Load(Digest digest, byte[] artifact)
    {
        try
        {
            return Describe(digest, Module.Deserialize(engine.Wasmtime, "guest", artifact), artifact.Length);
        }
        catch (WasmtimeException)
        {
            return null;
        }
    }

    // Tables lie beside the linear memory, so they are bounded in number and in size; no task could instantiate more.
    private void CheckTables(ReadOnlySpan<byte> bytes)
    {
        var sizes = ModuleBinary.TableSizes(bytes);
        if (sizes.Count > SandboxEngine.MaxTables)
        {
            throw new ModuleException(ModuleException.TooDemanding, $"The module has {sizes.Count} tables; the limit is {SandboxEngine.MaxTables}.");
        }

        if (sizes.Any(size => size > options.TableElements))
        {
            throw new ModuleException(ModuleException.TooDemanding, $"A table starts with {sizes.Max()} elements; the limit is {options.TableElements}.");
        }
    }

    private CompiledModule Describe(Digest digest, Module module, long artifactBytes)
    {
        try
        {
            var description = ModuleInspector.Describe(module);
            ModuleInspector.CheckImports(description, host);
            if (description.MinimumMemoryPages * 65536 > options.MemoryBytes)
            {
                throw new ModuleException(ModuleException.TooDemanding, $"The module starts with {description.MinimumMemoryPages} pages of memory; the limit is {options.MemoryBytes} bytes.");
            }

            return new CompiledModule(digest, module, description, artifactBytes);
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    private static string FirstLine(string text) => string.Join(": ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(3).Where(line => line is not "Caused by:"));
}
