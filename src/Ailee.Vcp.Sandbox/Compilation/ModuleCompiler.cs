using Ailee.Vcp.Sandbox.Engine;
using Ailee.Vcp.Sandbox.Modules;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Compilation;

/// <summary>Turns bytes of strangers into artifacts. Blocking and unbounded in time and memory: it belongs into a <see cref="CompilerProcess"/>.</summary>
internal sealed class ModuleCompiler : IDisposable
{
    private readonly SandboxEngine _engine = new();
    private readonly ProposalProbe _probe = new();

    /// <exception cref="ModuleException">The bytes are no module that can run here.</exception>
    public ModuleArtifact Compile(ReadOnlyMemory<byte> bytes)
    {
        ModuleBinary.CheckHeader(bytes.Span);
        ModuleLimits.Check(bytes.Span);
        // The original is validated, not only the edited bytes: the edit drops the start section, and with it the check of its type.
        if (Module.Validate(_engine.Wasmtime, bytes.Span) is { } problem)
        {
            throw Refusal(bytes.Span, problem);
        }

        try
        {
            using var module = Module.FromBytes(_engine.Wasmtime, "guest", ModuleBinary.Edit(bytes).Span);
            return ModuleArtifact.Create(ModuleInspector.Describe(bytes.Span, module), module.Serialize());
        }
        catch (WasmtimeException exception)
        {
            throw new ModuleException(ModuleException.Invalid, $"The module does not compile: {FirstLine(exception.Message)}");
        }
    }

    public void Dispose()
    {
        _probe.Dispose();
        _engine.Dispose();
    }

    private ModuleException Refusal(ReadOnlySpan<byte> module, string problem) => _probe.Needed(module) switch
    {
        [] => new ModuleException(ModuleException.Invalid, $"The module is not valid: {FirstLine(problem)}"),
        var needed => new ModuleException(ModuleException.Needs(needed[0]), $"The module needs what is off here: {string.Join(", ", needed)}."),
    };

    private static string FirstLine(string text) => string.Join(": ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(3).Where(line => line is not "Caused by:"));
}
