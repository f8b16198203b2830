using System.Globalization;
using System.Net;
using Ailee.Vcp.Client;
using Ailee.Vcp.Crash.Checks;
using Ailee.Vcp.Crash.Disk;
using Ailee.Vcp.Crash.Faults;
using Ailee.Vcp.Crash.Hosting;
using Ailee.Vcp.Crash.Nodes;
using Ailee.Vcp.Crash.Steps;
using Ailee.Vcp.Server;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Crash;

/// <summary>
/// One data directory through many crashes. After each the server is started on what the crash left, in a directory of its own, so that
/// nothing of the one before can touch it.
/// </summary>
internal sealed class ServerLife : IAsyncDisposable
{
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(120);

    // What is answered from memory is answered by then; what needs the storage never is.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan LongestTrouble = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestRecovery = TimeSpan.FromSeconds(120);

    private readonly FaultControl _control;
    private readonly string _base;
    private readonly World _world;
    private readonly ErrorLog _log = new();
    private readonly Random _random;
    private DiskImage _image = Empty;
    private DiskModel _model = new(Empty);
    private int _generation;
    private RunningServer? _server;

    // Whether a restore, if one is the step, said that it was done.
    private bool? _isRestored;

    public ServerLife(FaultControl control, NodeMachine machine, string directory, Random random)
    {
        (_control, _base, _random) = (control, directory, random);
        _world = new World(machine, random);
        Open(_image);
    }

    /// <summary>Where the last fault met the server.</summary>
    public string Place { get; private set; } = "no place";

    /// <summary>What servers said of errors.</summary>
    public IReadOnlyList<string> Errors => _log.Lines;

    private const string LastBackup = "last";

    private static DiskImage Empty { get; } = new(new Dictionary<string, byte[]?> { ["guard"] = null, ["backups"] = null });

    private string Root => Path.Combine(_base, _generation.ToString(CultureInfo.InvariantCulture));

    /// <summary>How many operations a step has.</summary>
    public async Task<long> CountAsync(Step step)
    {
        await PrepareAsync(step);
        var before = _control.Operations;
        await ActAsync(step, CancellationToken.None);
        // What goes on after the answer belongs to it.
        await Task.Delay(100);
        return _control.Operations - before;
    }

    /// <summary>Has a fault meet a step, starts the server again and checks it.</summary>
    public async Task<CrashResult> RunAsync(CrashCase item, long operations, long startOperations)
    {
        await PrepareAsync(item.Step);
        if (_server is not null)
        {
            StoredRows.Note(_world.Known, _server.Database);
        }

        var before = _control.Operations;
        _control.Arm(item.Fault, before + 1 + (long)(item.Place * operations));
        await MeetAsync(item);
        var (fired, type) = (_control.Fired, _control.FiredType);
        Place = fired == 0 ? $"no operation of {operations}" : $"operation {fired - before} of {operations}, {type}";
        if (!item.Fault.Ends)
        {
            await RecoverAsync();
        }

        var second = await CrashAsync(item.Fault, item.Second is { } place ? 1 + (long)(place * startOperations) : null);
        return new CrashResult(item.Step.Name, item.Fault.Name, fired == 0 ? 0 : fired - before, type, second);
    }

    /// <summary>Ends the server as a fault does, starts it on what that leaves, and checks it.</summary>
    /// <param name="fault">Null for a kill.</param>
    /// <param name="second">The operation of the start that is the last; null for none.</param>
    /// <returns>Whether the start was killed.</returns>
    public async Task<bool> CrashAsync(Fault? fault, long? second = null)
    {
        await DieAsync(fault);
        if (_isRestored is { } acknowledged)
        {
            _isRestored = null;
            await CheckRestoreAsync(acknowledged);
        }

        var killed = false;
        if (second is { } operation)
        {
            _control.Arm(Fault.Draw(_random) with { Kind = FaultKind.Freeze }, operation);
            await TryStartAsync();
            killed = _control.Fired > 0;
            await DieAsync(fault);
        }

        await StartAsync();
        await AfterCrash.CheckAsync(_world, _server!, Root);
        return killed;
    }

    public async ValueTask DisposeAsync()
    {
        _control.Frozen = true;
        await EndAsync();

        _world.Dispose();
        _control.Watch(null);
        if (Directory.Exists(_base))
        {
            Directory.Delete(_base, recursive: true);
        }
    }

    private async Task PrepareAsync(Step step)
    {
        if (step.Start == StartKind.First)
        {
            // Another server, of which nobody knows anything.
            await DieAsync(null);
            _world.Forget();
            Open(Empty);
            return;
        }

        if (step.Start == StartKind.Again)
        {
            await DieAsync(null);
            return;
        }

        if (_server is null)
        {
            await StartAsync();
        }

        if (step.Start is StartKind.Restored or StartKind.Restore)
        {
            await KeepBackupAsync();
            if (step.Start == StartKind.Restored)
            {
                await World.RestoreAsync(Root, LastBackup, CancellationToken.None);
                await DieAsync(null);
            }

            return;
        }

        using var end = new CancellationTokenSource(LongestStep);
        await step.Prepare(_world, end.Token);
    }

    /// <summary>Of the server and all that it has a backup is left.</summary>
    private async Task KeepBackupAsync()
    {
        await _world.BackUpAsync(LastBackup, CancellationToken.None);
        await DieAsync(null);
        _world.Known.BeginAnotherLog();
        Open(new DiskImage(Empty.Files.Concat(_image.Files.Where(file => file.Key.StartsWith("backups/", StringComparison.Ordinal))).ToDictionary()));
    }

    private async Task RestoreAsync(CancellationToken cancellationToken)
    {
        _isRestored = false;
        await World.RestoreAsync(Root, LastBackup, cancellationToken);
        _isRestored = true;
    }

    /// <summary>
    /// A server starts on what a restore left, or refuses to. If it refuses, or if nothing is there, the restore did not say that it was done, and is
    /// repeated in an empty directory, as the operator is told to.
    /// </summary>
    private async Task CheckRestoreAsync(bool acknowledged)
    {
        var data = ServerArguments.DataOf(Root);
        if (Directory.Exists(data) && Directory.EnumerateFileSystemEntries(data).Any(path => Path.GetFileName(path) != "lock"))
        {
            try
            {
                await StartAsync();
                await DieAsync(null);
                return;
            }
            catch (StartupException exception)
            {
                CheckException.Unless(!acknowledged, $"A backup was restored, and no server starts on it: {exception.Message}");
            }
        }

        CheckException.Unless(!acknowledged, "A backup was restored, and is not there.");
        if (Directory.Exists(data))
        {
            Directory.Delete(data, recursive: true);
        }

        await World.RestoreAsync(Root, LastBackup, CancellationToken.None);
    }

    private async Task ActAsync(Step step, CancellationToken cancellationToken)
    {
        if (step.Start == StartKind.Restore)
        {
            await RestoreAsync(cancellationToken);
        }
        else if (step.Start != StartKind.None)
        {
            await StartAsync();
        }

        await step.Run(_world, cancellationToken);
        if (step.Stops)
        {
            var server = _server!;
            _server = null;
            CheckException.Unless(await server.StopAsync() == 0, "A server that was told to stop did not end with 0.");
        }
    }

    /// <summary>Does what the step does, while the fault waits for it or is there.</summary>
    private async Task MeetAsync(CrashCase item)
    {
        using var end = new CancellationTokenSource(LongestStep);
        var watch = WatchAsync(item.Fault, end);
        try
        {
            await ActAsync(item.Step, end.Token);
        }
        catch (Exception exception) when (exception is not CheckException && _control.Fired > 0)
        {
            if (!item.Fault.Ends && Lie(exception) is { } lie)
            {
                throw new CheckException(lie);
            }
        }
        finally
        {
            await end.CancelAsync();
            await watch;
        }
    }

    private async Task WatchAsync(Fault fault, CancellationTokenSource end)
    {
        try
        {
            while (_control.Fired == 0)
            {
                await Task.Delay(3, end.Token);
            }

            await Task.Delay(fault.Ends ? Grace : LongestTrouble, end.Token);
            await end.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // The step is over.
        }
    }

    /// <summary>What is wrong with an answer to somebody who is not told that storage fails; null for nothing.</summary>
    private string? Lie(Exception exception) => exception switch
    {
        OperationCanceledException => null,
        // What a server does by itself it tries again.
        ToolException or StorageException => null,
        VcpApiException refusal => Lie(refusal.Status, refusal.Code, refusal.Message),
        NodeRefusal refusal => Lie(refusal.Status, refusal.Code, refusal.Message),
        HttpRequestException when _server is { IsStopping: true } => null,
        _ when _server is null => StartupFailures.Explain(exception) is null ? $"The start ended without a sentence: {exception}" : null,
        _ => $"While storage failed: {exception}",
    };

    private static string? Lie(HttpStatusCode status, string code, string message) =>
        status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.InsufficientStorage && code != "internal" ? null : $"While storage failed the answer was {(int)status} {code}: {message}";

    /// <summary>The fault is gone: the server works on, or has ended by itself.</summary>
    private async Task RecoverAsync()
    {
        _control.Disarm();
        if (_server is null or { IsStopping: true })
        {
            return;
        }

        using var end = new CancellationTokenSource(LongestRecovery);
        try
        {
            while (!end.IsCancellationRequested)
            {
                using var ready = await _world.Http.GetAsync("health/ready", end.Token);
                if (ready.IsSuccessStatusCode)
                {
                    break;
                }

                await Task.Delay(20, end.Token);
            }

            await Requests.PrepareAsync(_world, end.Token);
            await _world.SubmitAsync(await Requests.AddAsync(_world, end.Token), TaskSteps.LongWait, end.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or VcpApiException or HttpRequestException)
        {
            throw new CheckException($"The storage works again, and the server does not: {exception.Message}");
        }
    }

    private async Task StartAsync()
    {
        _server = await RunningServer.StartAsync(Root, _log);
        _world.Connect(_server.Http, _server);
    }

    private async Task EndAsync()
    {
        if (_server is { } server)
        {
            _server = null;
            await server.DisposeAsync();
        }
    }

    private async Task TryStartAsync()
    {
        try
        {
            await StartAsync();
        }
        catch (Exception exception) when (_control.Fired > 0 && exception is not TimeoutException)
        {
            // Its storage is gone; what it makes of that is not what is found after it.
        }
    }

    /// <summary>Ends the server, if one runs, and makes what it leaves the directory of the next.</summary>
    private async Task DieAsync(Fault? fault)
    {
        _control.Frozen = true;
        await EndAsync();

        var left = DiskImage.Read(Root);
        _model.Apply(_control.ReadJournal());
        var difference = _model.AfterKill().DifferenceTo(left);
        if (difference is not null)
        {
            throw new InvalidOperationException($"The shim did not see all that was written: {difference}.");
        }

        if (fault?.LosesUnsynced == true)
        {
            Open(_model.AfterPowerCut(_random));
        }
        else
        {
            // What was not synced still is not: a later power cut may take it.
            Open(left, _model);
        }
    }

    private void Open(DiskImage image) => Open(image, new DiskModel(image));

    private void Open(DiskImage image, DiskModel model)
    {
        _control.Watch(null);
        if (Directory.Exists(Root))
        {
            Directory.Delete(Root, recursive: true);
        }

        _generation++;
        (_image, _model) = (image, model);
        image.WriteTo(Root);
        _control.Watch(Root);
    }
}
