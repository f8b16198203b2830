namespace Ailee.Vcp.Server;

/// <summary>The server cannot start, for a reason that its operator can mend. The message goes to the console without a stack trace.</summary>
internal sealed class StartupException(string message) : Exception(message);
