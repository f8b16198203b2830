namespace Ailee.Vcp.Server.Log;

/// <summary>A change would append to a log that is read-only. Nothing of it was stored.</summary>
internal sealed class LogReadOnlyException() : Exception("The log is read-only.");
