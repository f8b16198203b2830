namespace Ailee.Vcp.Server.Storage;

/// <summary>The database could not take a change. Nothing of it was stored.</summary>
internal sealed class StorageException(string message, Exception inner) : Exception(message, inner);
