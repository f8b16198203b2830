using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Server.Diagnostics;
using Ailee.Vcp.Server.Storage;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Log;

/// <summary>
/// Takes appended entries into the tree: tiles, root and signed checkpoint are stored in one transaction, then the guard is written, and
/// only then the checkpoint is served. One runs at a time; a tree that another has grown is never overwritten.
/// </summary>
internal sealed partial class LogIntegrator(
    IDatabase database,
    LogKeys keys,
    LogOpening opening,
    PublishedLog published,
    LogGuard guard,
    LogReadOnly readOnly,
    ServerMetrics metrics,
    IOptions<LogOptions> options,
    TimeProvider time,
    ILogger<LogIntegrator> logger) : BackgroundService
{
    private const long MostEntries = 65536;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _signal = new(1);
    private readonly List<LoggedEntry> _unserved = [];
    private LogTree? _stored;
    private volatile bool _guardFails;

    /// <summary>Whether the guard cannot be written, so that new checkpoints are not served.</summary>
    public bool GuardFails => _guardFails;

    /// <summary>Says that entries were appended.</summary>
    public void Signal()
    {
        if (_signal.CurrentCount == 0)
        {
            _signal.Release();
        }
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var tree = await opening.OpenAsync();
        _stored = tree;
        published.Open(tree);
        metrics.Integrated(tree.Size, time.GetUtcNow(), []);
        readOnly.Announce();
        try
        {
            await CheckGuardAsync();
            if (published.Tree.ReadOnly is null)
            {
                guard.Write(tree.Note);
            }

            // Whoever asks finds all that earlier runs have decided.
            await IntegrateAsync();
        }
        catch (LogGuardException exception)
        {
            throw new StartupException(exception.Message);
        }

        LogOpened(keys.Origin, published.Tree.Size);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Takes in what was appended since the last checkpoint. Nobody appends any more: requests and the built-in node ended before.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            if (_stored is not null)
            {
                await IntegrateAsync();
            }
        }
        catch (Exception exception) when (exception is StorageException or LogGuardException)
        {
            // The next start takes it in.
            LogFailed(exception);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await _signal.WaitAsync(stoppingToken);
                await IntegrateAsync();
                _guardFails = false;
                await Task.Delay(TimeSpan.FromMilliseconds(options.Value.CheckpointIntervalMs), time, stoppingToken);
            }
            catch (Exception exception) when (exception is StorageException or LogGuardException)
            {
                _guardFails = exception is LogGuardException;
                LogFailed(exception);
                Signal();
                await Task.Delay(RetryDelay, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task IntegrateAsync()
    {
        while (published.Tree.ReadOnly is null)
        {
            if (!await TryServeAsync())
            {
                return;
            }

            var tree = _stored!;
            var (entries, growth) = database.Read(transaction => Grow(transaction, tree.Size));
            // Before anything is signed that a server on a newer copy may have signed otherwise.
            if (entries.Count == 0 || await CheckGuardAsync())
            {
                return;
            }

            var checkpoint = new Checkpoint(tree.Origin, growth.Size, growth.Root);
            var note = Sign(keys, checkpoint);
            if (await database.WriteAsync(transaction => LogStore.TryGrow(transaction, tree.Size, checkpoint, note, growth.Tiles)))
            {
                _stored = tree with { Size = growth.Size, Root = growth.Root, Note = note };
                _unserved.AddRange(entries);
            }
            else if (database.Read(LogStore.FindReadOnly) is not null)
            {
                return;
            }
            else
            {
                throw new InvalidOperationException($"The stored log is not of size {tree.Size} any more: something else writes to this database.");
            }
        }
    }

    /// <summary>Serves what is stored, once the guard has it; false if the guard contradicts it.</summary>
    private async Task<bool> TryServeAsync()
    {
        if (_stored!.Size == published.Tree.Size)
        {
            return true;
        }

        // The guard may have been away since the entries were signed: what another server wrote there meanwhile must stay.
        if (await CheckGuardAsync())
        {
            return false;
        }

        guard.Write(_stored.Note);
        published.Grow(_stored);
        metrics.Integrated(_stored.Size, time.GetUtcNow(), _unserved);
        _unserved.Clear();
        return true;
    }

    /// <summary>Ends the log if the guard contradicts what is stored; true if it did.</summary>
    private async Task<bool> CheckGuardAsync()
    {
        if (published.Tree.ReadOnly is not null || guard.Check(_stored!) is not { } contradiction)
        {
            return false;
        }

        await readOnly.TurnAsync(contradiction);
        return true;
    }

    /// <summary>The signed checkpoint.</summary>
    public static byte[] Sign(LogKeys keys, Checkpoint checkpoint)
    {
        var text = checkpoint.ToText();
        return new SignedNote(text, [NoteKey.Sign(keys.Origin, keys.Log, text)]).ToBytes();
    }

    private static (List<LoggedEntry> Entries, TileGrowth Growth) Grow(IReadTransaction transaction, long size)
    {
        var entries = LogStore.Entries(transaction, size, MostEntries);
        if (entries.Count > 0 && entries[^1].Index != size + entries.Count - 1)
        {
            throw new InvalidDataException($"The log has a gap after entry {size - 1}. Run 'vcp log fsck' on the data directory.");
        }

        Digest[] leaves = [.. entries.Select(entry => LogEntry.LeafHash(entry.Statement))];
        return (entries, TileGrowth.Append(size, path => LogStore.ReadTile(transaction, path), leaves));
    }

    [LoggerMessage(3001, LogLevel.Information, "The log {Origin} has {Size} entries")]
    private partial void LogOpened(string origin, long size);

    [LoggerMessage(3002, LogLevel.Error, "Entries could not be integrated into the log; trying again")]
    private partial void LogFailed(Exception exception);
}
