using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Server.Diagnostics;
using Ailee.Vcp.Server.Storage;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Log;

/// <summary>
/// Takes appended entries into the tree: tiles, root and signed checkpoint are stored in one transaction, and only then served. One
/// runs at a time; a tree that another has grown is never overwritten.
/// </summary>
internal sealed partial class LogIntegrator(
    IDatabase database,
    LogKeys keys,
    LogOpening opening,
    PublishedLog published,
    ServerMetrics metrics,
    IOptions<LogOptions> options,
    TimeProvider time,
    ILogger<LogIntegrator> logger) : BackgroundService
{
    private const long MostEntries = 65536;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _signal = new(1);

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
        published.Publish(await opening.OpenAsync());
        // Whoever asks finds all that earlier runs have decided.
        await IntegrateAsync();
        LogOpened(keys.Origin, published.Tree.Size);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await _signal.WaitAsync(stoppingToken);
                await IntegrateAsync();
                await Task.Delay(TimeSpan.FromMilliseconds(options.Value.CheckpointIntervalMs), time, stoppingToken);
            }
            catch (StorageException exception)
            {
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
            var tree = published.Tree;
            var (entries, growth) = database.Read(transaction => Grow(transaction, tree.Size));
            if (entries.Count == 0)
            {
                return;
            }

            var checkpoint = new Checkpoint(tree.Origin, growth.Size, growth.Root);
            var note = Sign(keys, checkpoint);
            if (!await database.WriteAsync(transaction => LogStore.TryGrow(transaction, tree.Size, checkpoint, note, growth.Tiles)))
            {
                throw new InvalidOperationException($"The stored log is not of size {tree.Size} any more: something else writes to this database.");
            }

            published.Publish(tree with { Size = growth.Size, Root = growth.Root, Note = note });
            metrics.Integrated(growth.Size, time.GetUtcNow(), entries);
        }
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
