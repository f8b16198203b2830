using System.Globalization;
using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Node.Keys;

namespace Ailee.Vcp.Cli.Log;

/// <summary>
/// Watches a log: whatever it shows must begin with what it showed before. A server that cannot be reached is waited for, but not for ever once it has
/// shown a checkpoint that it does not prove.
/// </summary>
internal sealed class LogFollower(VcpClient client, string statePath, NoteKey? expected, TimeSpan interval, CliConsole console)
{
    private const string Unproven = "THE LOG SIGNED WHAT IT DOES NOT PROVE";

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestUnproven = TimeSpan.FromMinutes(15);

    private NoteKey? _key;
    private SeenCheckpoint? _seen;
    private UnprovenCheckpoint? _unproven;

    /// <summary>Runs until an alarm, or with <paramref name="once"/> for one look; gives the exit code. To be called once.</summary>
    public async Task<int> RunAsync(bool once, CancellationToken cancellationToken)
    {
        Load();
        var wait = interval;
        while (true)
        {
            var isReached = true;
            try
            {
                if (await LookAsync(cancellationToken))
                {
                    return ExitCodes.Alarm;
                }
            }
            catch (Exception exception) when (IsOutage(exception, cancellationToken))
            {
                if (_unproven?.Age >= LongestUnproven)
                {
                    await AlarmOfAgeAsync(_unproven, exception, cancellationToken);
                    return ExitCodes.Alarm;
                }

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

    private void Load()
    {
        var stored = FollowState.Read(statePath);
        if (stored is { } state && expected is not null && state.Key != expected)
        {
            throw new CliException($"{statePath} is of the log {state.Key}, not of {expected}.");
        }

        (_key, _seen) = (stored?.Key ?? expected, stored?.Seen);
        _unproven = UnprovenCheckpoint.Read(statePath, stored?.Key, console.Time);
    }

    // One look, and whether it gave an alarm. What the log signed before comes first: no later checkpoint makes up for one that is not proven.
    private async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        if (_unproven is { } unproven && await StepAsync(unproven.Note, cancellationToken))
        {
            return true;
        }

        _key ??= await client.GetLogKeyAsync(cancellationToken);
        return await StepAsync(await client.GetCheckpointAsync(cancellationToken), cancellationToken);
    }

    private async Task<bool> StepAsync(ReadOnlyMemory<byte> note, CancellationToken cancellationToken)
    {
        switch (await FollowStep.JudgeAsync(_key!, _seen, note, (seen, given) => ProveAsync(seen, given, cancellationToken)))
        {
            case FollowStep.Grown step:
                FollowState.Write(statePath, _key!, step.Seen);
                Tell(_seen?.Checkpoint, step.Seen.Checkpoint, _key!);
                _seen = step.Seen;
                break;
            case FollowStep.Forked fork:
                if (await AlarmAsync(fork.Why, "THE LOG HAS FORKED OR WENT BACK", note, fork.IsNotLarger, cancellationToken))
                {
                    // It is shown to be another log's, and kept with what was seen.
                    _unproven?.Forget();
                }

                return true;
            case FollowStep.Unproven unproven:
                await AlarmAsync(unproven.Why, Unproven, note, false, cancellationToken);
                return true;
            case FollowStep.NotTheLog other:
                await AlarmAsync(other.Why, "THIS IS NOT THE LOG", note, false, cancellationToken);
                return true;
        }

        _unproven?.Forget();
        _unproven = null;
        return false;
    }

    // Whatever can happen between here and an honest server, or while it restarts.
    private static bool IsOutage(Exception exception, CancellationToken cancellationToken) => exception
        is HttpRequestException or HttpIOException or VcpApiException or JsonException or FormatException
        || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private async Task<ConsistencyProof> ProveAsync(SeenCheckpoint seen, SeenCheckpoint given, CancellationToken cancellationToken)
    {
        _unproven ??= UnprovenCheckpoint.Keep(statePath, given, console.Time);
        var view = await client.GetConsistencyAsync(seen.Checkpoint.Size, given.Checkpoint.Size, cancellationToken);
        return new ConsistencyProof(view.From, view.To, [.. view.Path.Select(Digest.Parse)]);
    }

    private void Tell(Checkpoint? before, Checkpoint now, NoteKey key)
    {
        var time = Time("yyyy-MM-dd HH:mm:ss'Z'");
        console.Print(before is null
            ? $"{time} {key}: {now.Size} entries, root {now.Root}"
            : $"{time} {before.Size} to {now.Size} entries, root {now.Root}");
    }

    private Task<bool> AlarmOfAgeAsync(UnprovenCheckpoint unproven, Exception outage, CancellationToken cancellationToken)
    {
        var reason = string.Create(CultureInfo.InvariantCulture, $"Its proof was asked for during {unproven.Age.TotalMinutes:0} minutes; the last answer: {outage.Message}");
        var step = FollowStep.Unproven.Of(_seen!.Checkpoint, SeenCheckpoint.TryRead(unproven.Note, _key!)!.Checkpoint, reason);
        return AlarmAsync(step.Why, Unproven, unproven.Note, false, cancellationToken);
    }

    // Gives whether the evidence is kept.
    private async Task<bool> AlarmAsync(string why, string what, ReadOnlyMemory<byte> given, bool present, CancellationToken cancellationToken)
    {
        console.Tell($"{what}: {why}");
        var isKept = SaveEvidence(_seen, given.Span);
        if (!present)
        {
            return isKept;
        }

        try
        {
            await client.PresentCheckpointAsync(_seen!.Note, cancellationToken);
            console.Tell("The server takes what was seen before for consistent with its log.");
        }
        catch (Exception exception) when (exception is VcpApiException || IsOutage(exception, cancellationToken))
        {
            console.Tell($"To what was seen before the server says: {exception.Message}");
        }

        return isKept;
    }

    // Beside the state, which stays as it is: it is what the log cannot take back.
    private bool SaveEvidence(SeenCheckpoint? seen, ReadOnlySpan<byte> given)
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
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            console.Tell($"The checkpoints could not be kept: {exception.Message}");
            return false;
        }
    }

    private static void Save(string path, ReadOnlySpan<byte> note)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        file.Write(note);
        DiskSync.Flush(file);
    }

    private string Time(string format) => console.Time.GetUtcNow().ToString(format, CultureInfo.InvariantCulture);
}
