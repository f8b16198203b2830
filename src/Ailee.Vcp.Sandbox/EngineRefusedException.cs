namespace Ailee.Vcp.Sandbox;

/// <summary>The WebAssembly engine is not one that strangers' code may be given to. The message says which was found and which is needed.</summary>
public sealed class EngineRefusedException(string message) : Exception(message);
