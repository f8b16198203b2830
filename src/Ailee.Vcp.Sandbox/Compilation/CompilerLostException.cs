namespace Ailee.Vcp.Sandbox.Compilation;

/// <summary>A compiler process ended before it answered: of its own, of its limits, or of somebody's signal.</summary>
internal sealed class CompilerLostException() : Exception("The compiler process ended.");
