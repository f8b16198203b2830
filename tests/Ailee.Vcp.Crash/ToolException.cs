namespace Ailee.Vcp.Crash;

/// <summary>A command that works on a directory itself ended without success, which it may where storage fails.</summary>
internal sealed class ToolException(string message, Exception inner) : Exception(message, inner);
