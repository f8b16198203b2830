using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Node.Keys;
using Ailee.Vcp.Server.Storage;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Log;

/// <summary>
/// The file on another volume that holds the highest checkpoint that was served: what shows that a data directory is an older copy.
/// Does nothing where none is configured.
/// </summary>
internal sealed class LogGuard(IOptions<LogOptions> options, LogKeys keys, DataDirectory directory, IDatabase database)
{
    private const string Advice = $"No new checkpoint is served without it. Mend its volume, or change {LogOptions.Section}:{nameof(LogOptions.GuardPath)}.";

    /// <summary>Compares a stored tree with the file; null if there is no file, or the tree continues it.</summary>
    /// <exception cref="LogGuardException">The file cannot be read, or is not this log's.</exception>
    public LogContradiction? Check(LogTree tree) =>
        options.Value.GuardPath is { } path && Read(path) is { } seen ? database.Read(transaction => LogContradiction.Find(transaction, tree, seen)) : null;

    /// <summary>Replaces the file, durably.</summary>
    /// <exception cref="LogGuardException">It cannot be written.</exception>
    public void Write(byte[] note)
    {
        if (options.Value.GuardPath is not { } path)
        {
            return;
        }

        try
        {
            SecretFile.Write(path, note);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LogGuardException($"The guard file {path} cannot be written: {exception.Message} {Advice}");
        }
    }

    private Checkpoint? Read(string path)
    {
        if (Path.GetFullPath(path).StartsWith(directory.Root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw new LogGuardException($"The guard file {path} lies in the data directory, so a copy of the one is a copy of the other. Set {LogOptions.Section}:{nameof(LogOptions.GuardPath)} to a file on another volume.");
        }

        try
        {
            using var file = StoredFile.TryOpen(path);
            if (file is null)
            {
                return null;
            }

            var bytes = new byte[Math.Min(file.Length, SignedNote.MaxSizeBytes + 1)];
            file.ReadExactly(bytes);
            var note = SignedNote.TryParse(bytes);
            return note is not null && keys.ReadOwn(note) is { } checkpoint
                ? checkpoint
                : throw new LogGuardException($"The guard file {path} is no checkpoint of the log {keys.Origin} with its key's signature. Put the right file or data directory there; only for a new log, set {LogOptions.Section}:{nameof(LogOptions.GuardPath)} to a new file.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LogGuardException($"The guard file {path} cannot be read: {exception.Message} {Advice}");
        }
    }
}

/// <summary>The guard file does not do its work. The message says why and what to do.</summary>
internal sealed class LogGuardException(string message) : Exception(message);
