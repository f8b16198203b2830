using System.Globalization;
using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Cli.Log;

/// <summary>Watches a log: whatever it shows must begin with what it showed before. A server that cannot be reached is waited for.</summary>
internal sealed class LogFollower(VcpClient client, string statePath, NoteKey? expected, TimeSpan interval, CliConsole console)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    /// <summary>Runs until an alarm, or with <paramref name="once"/> for one step; gives the exit code.</summary>
    public async Task<int> RunAsync(bool once, CancellationToken cancellationToken)
    {
        var stored = FollowState.Read(statePath);
        if (stored is { } state && expected is not null && state.Key != expected)
        {
            throw new CliException($"{statePath} is of the log {state.Key}, not of {expected}.");
        }

        var (key, seen) = (stored?.Key ?? expected, stored?.Seen);
        var wait = interval;
        while (true)
        {
            var isReached = true;
            try
            {
                key ??= await client.GetLogKeyAsync(cancellationToken);
                var note = await client.GetCheckpointAsync(cancellationToken);
                switch (await FollowStep.JudgeAsync(key, seen, note, (from, to) => ProveAsync(from, to, cancellationToken)))
                {
                    case FollowStep.Grown step:
                        FollowState.Write(statePath, key, step.Seen);
                        Tell(seen?.Checkpoint, step.Seen.Checkpoint, key);
                        seen = step.Seen;
                        break;
                    case FollowStep.Forked fork:
                        await AlarmAsync(fork.Why, "THE LOG HAS FORKED OR WENT BACK", seen, note, fork.IsNotLarger, cancellationToken);
                        return ExitCodes.Alarm;
                    case FollowStep.NotTheLog other:
                        await AlarmAsync(other.Why, "THIS IS NOT THE LOG", seen, note, false, cancellationToken);
                        return ExitCodes.Alarm;
                }
            }
            catch (Exception exception) when (IsOutage(exception, cancellationToken))
            {
                if (once)
                {
                    throw;
                }

                isReached = false;
                console.Tell($"No answer to go on with: {exception.Message} Trying again.");
            }

            if (once)
            {
                return ExitCodes.Success;
            }

            await Task.Delay(isReached ? interval : wait, console.Time, cancellationToken);
            wait = isReached ? interval : wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
    }

    // Whatever can happen between here and an honest server, or while it restarts.
    private static bool IsOutage(Exception exception, CancellationToken cancellationToken) => exception
        is HttpRequestException or HttpIOException or VcpApiException or JsonException or FormatException
        || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private async Task<ConsistencyProof> ProveAsync(long from, long to, CancellationToken cancellationToken)
    {
        var view = await client.GetConsistencyAsync(from, to, cancellationToken);
        return new ConsistencyProof(view.From, view.To, [.. view.Path.Select(Digest.Parse)]);
    }

    private void Tell(Checkpoint? before, Checkpoint now, NoteKey key)
    {
        var time = Time("yyyy-MM-dd HH:mm:ss'Z'");
        console.Print(before is null
            ? $"{time} {key}: {now.Size} entries, root {now.Root}"
            : $"{time} {before.Size} to {now.Size} entries, root {now.Root}");
    }

    private async Task AlarmAsync(string why, string what, SeenCheckpoint? seen, byte[] given, bool present, CancellationToken cancellationToken)
    {
        console.Tell($"{what}: {why}");
        SaveEvidence(seen, given);
        if (!present)
        {
            return;
        }

        try
        {
            await client.PresentCheckpointAsync(seen!.Note, cancellationToken);
            console.Tell("The server takes what was seen before for consistent with its log.");
        }
        catch (Exception exception) when (exception is VcpApiException || IsOutage(exception, cancellationToken))
        {
            console.Tell($"To what was seen before the server says: {exception.Message}");
        }
    }

    // Beside the state, which stays as it is: it is what the log cannot take back.
    private void SaveEvidence(SeenCheckpoint? seen, byte[] given)
    {
        try
        {
            var stem = $"{statePath}.alarm-{Time("yyyyMMdd'T'HHmmss'Z'")}";
            var (ours, theirs) = ($"{stem}-seen", $"{stem}-given");
            Save(theirs, given);
            if (seen is not null)
            {
                Save(ours, seen.Note.Span);
            }

            console.Tell(seen is null ? $"What the server shows is kept in {theirs}." : $"Both checkpoints are kept: {ours} and {theirs}.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            console.Tell($"The checkpoints could not be kept: {exception.Message}");
        }
    }

    private static void Save(string path, ReadOnlySpan<byte> note)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        file.Write(note);
        file.Flush(flushToDisk: true);
    }

    private string Time(string format) => console.Time.GetUtcNow().ToString(format, CultureInfo.InvariantCulture);
}
