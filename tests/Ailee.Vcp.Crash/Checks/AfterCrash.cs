using System.Net;
using Ailee.Vcp.Cli.Log;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Crash.Hosting;

namespace Ailee.Vcp.Crash.Checks;

/// <summary>Holds a server that was started after a crash to all that was acknowledged before, has it finish what is open, and looks at what it stored.</summary>
internal static class AfterCrash
{
    private static readonly TimeSpan LongestFinish = TimeSpan.FromSeconds(120);

    // Of those that are older the rows are looked at.
    private const int RepeatedCalls = 3;

    public static async Task CheckAsync(World world, RunningServer server, string root)
    {
        using var end = new CancellationTokenSource(LongestFinish);
        try
        {
            StoredRows.Note(world.Known, server.Database);
            await CheckLogAsync(world, server, end.Token);
            await CheckUploadsAsync(world.Known.Modules, digest => world.Client.GetModuleContentAsync(digest, end.Token));
            await CheckUploadsAsync(world.Known.Bundles, digest => world.Client.GetBundleContentAsync(digest, end.Token));
            await CheckNodesAsync(world, server, end.Token);
            await ApiKeyChecks.CheckAsync(world, end.Token);
            await BackupChecks.CheckAsync(world.Known, root, end.Token);
            await FindTasksAsync(world, end.Token);
            await RepeatCallsAsync(world, end.Token);
            await FinishAsync(world, server, end.Token);
            await CheckTasksAsync(world, server, end.Token);
            await NoteAsync(world, server, end.Token);
            await CheckStoredAsync(world, server, root, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            var open = server.Database.Read(transaction => transaction.Query(
                "SELECT hex(t.id) || ' ' || t.state || ' ' || COALESCE(group_concat(a.state || ':' || a.purpose || ':' || COALESCE(a.reason, '')), '') FROM tasks t LEFT JOIN attempts a ON a.task = t.id WHERE t.state IN ('queued', 'running') GROUP BY t.id",
                row => row.Text(0)));
            throw new CheckException($"Not all is finished after {LongestFinish.TotalSeconds} s. Open: {string.Join("; ", open)}");
        }
    }

    /// <summary>Notes what anybody may have seen by now.</summary>
    private static async Task NoteAsync(World world, RunningServer server, CancellationToken cancellationToken)
    {
        StoredRows.Note(world.Known, server.Database);
        await world.SeeLogAsync(cancellationToken);
    }

    private static async Task CheckLogAsync(World world, RunningServer server, CancellationToken cancellationToken)
    {
        var key = (await world.Client.GetLogKeyAsync(cancellationToken)).ToString();
        var past = server.Database.Read(transaction => transaction.Query("SELECT COUNT(past_key) FROM restores", row => row.Int64(0)))[0];
        CheckException.Unless(past == world.Known.PastLogKeys.Count, $"{past} logs ended with a restore, and {world.Known.PastLogKeys.Count} were to.");
        CheckException.Unless(!world.Known.PastLogKeys.Contains(key), $"The log's key is {key}, that of a log which ended.");
        if (world.Known.Checkpoint is not { } note)
        {
            return;
        }

        CheckException.Unless(key == world.Known.LogKey, $"The log's key was {world.Known.LogKey} and is {key}.");
        var seen = Checkpoint.TryParse(SignedNote.TryParse(note)!.Text)!;
        var entries = server.Database.Read(transaction => transaction.Query("SELECT digest FROM log_entries WHERE idx < $size ORDER BY idx", row => row.Digest(0), ("$size", seen.Size)));
        var root = MerkleTree.Root([.. entries.Select(LogEntry.LeafHash)]);
        CheckException.Unless(entries.Count == seen.Size && root == seen.Root, $"The log forks: the checkpoint of {seen.Size} entries that was served has another root than they.");
        var presented = await world.Client.PresentCheckpointAsync(note, cancellationToken);
        CheckException.Unless(presented.Consistent, "The server calls its own checkpoint inconsistent.");
    }

    private static async Task CheckUploadsAsync(Dictionary<Digest, Uploaded> all, Func<Digest, Task<byte[]>> download)
    {
        foreach (var (digest, uploaded) in all)
        {
            byte[]? content;
            try
            {
                content = await download(digest);
            }
            catch (VcpApiException refusal) when (refusal.Status == HttpStatusCode.NotFound)
            {
                content = null;
            }

            CheckException.Unless(uploaded.Existence != Existence.There || content is not null, $"{digest} was acknowledged and is not there.");
            CheckException.Unless(uploaded.Existence != Existence.Gone || content is null, $"{digest} was deleted and is there again.");
            CheckException.Unless(content is null || content.AsSpan().SequenceEqual(uploaded.Content), $"{digest} has other bytes.");
            uploaded.Existence = content is null ? Existence.Gone : Existence.There;
        }
    }

    private static async Task CheckNodesAsync(World world, RunningServer server, CancellationToken cancellationToken)
    {
        var stored = server.Database.Read(transaction => transaction.Query("SELECT id, standing FROM nodes", row => (Id: row.NodeId(0), Standing: row.Text(1)))).ToDictionary(node => node.Id, node => node.Standing);
        foreach (var (id, standing) in world.Known.Standings.Where(node => node.Value is not null))
        {
            // The server may quarantine by itself.
            var now = stored.GetValueOrDefault(id);
            CheckException.Unless(now == standing || (now == "quarantined" && standing == "active"), $"Node {id} was {standing} and is {now ?? "not there"}.");
        }

        foreach (var node in world.Nodes.Where(node => node is { IsEnrolled: true, IsGone: false }))
        {
            await node.StartSessionAsync(world.Http, cancellationToken);
        }
    }

    /// <summary>Finds those whose answers were lost.</summary>
    private static async Task FindTasksAsync(World world, CancellationToken cancellationToken)
    {
        var names = world.Known.Tasks.ToDictionary(task => task.Name);
        var found = new Dictionary<string, string>();
        string? after = null;
        do
        {
            var page = await world.Client.ListTasksAsync(null, 200, after, cancellationToken);
            foreach (var view in page.Items)
            {
                var name = view.Labels![Submitted.Label];
                CheckException.Unless(found.TryAdd(name, view.Id), $"'{name}' was sent once, and is both {found[name]} and {view.Id}.");
                CheckException.Unless(names.TryGetValue(name, out var task), $"Nobody sent '{name}'.");
                task.Id ??= view.Id;
                CheckException.Unless(task.Id == view.Id, $"'{name}' was {task.Id} and is {view.Id}.");
            }

            after = page.Next;
        }
        while (after is not null);
        var lost = world.Known.Tasks.Find(task => task.Id is not null && !found.ContainsKey(task.Name));
        CheckException.Unless(lost is null, $"Task {lost?.Id} ('{lost?.Name}') was accepted and is not there.");
        // What nobody heard of and is not there was not taken.
        world.Known.Tasks.RemoveAll(task => task.Id is null && task.Key is null);
    }

    private static async Task RepeatCallsAsync(World world, CancellationToken cancellationToken)
    {
        foreach (var task in world.Known.Tasks.Where(task => task.Key is not null).TakeLast(RepeatedCalls))
        {
            await world.SubmitAsync(task, null, cancellationToken);
        }
    }

    private static Task FinishAsync(World world, RunningServer server, CancellationToken cancellationToken) => world.WorkUntilAsync(
        async token =>
        {
            // A cancellation that was not acknowledged is asked for again.
            foreach (var task in world.Known.Tasks.Where(task => task.Expected == TaskStates.Cancelled && !world.Known.Decided.ContainsKey(task.Id!)))
            {
                await world.CancelAsync(task, token);
            }

            return server.Database.Read(transaction => transaction.Query(
                "SELECT (SELECT COUNT(*) FROM tasks WHERE state IN ('queued', 'running', 'verifying')) + (SELECT COUNT(*) FROM audits WHERE state = 'due') + (SELECT COUNT(*) FROM log_entries) - (SELECT size FROM log_tree)",
                row => row.Int64(0)))[0] == 0;
        },
        cancellationToken);

    private static async Task CheckTasksAsync(World world, RunningServer server, CancellationToken cancellationToken)
    {
        foreach (var task in world.Known.Tasks)
        {
            var view = await world.LookAsync(task, null, cancellationToken);
            var end = TaskEnds.Of(view);
            CheckException.Unless(end == task.Expected, $"Task {view.Id} ('{task.Name}') must end '{task.Expected}' and ended '{end}'.");
        }

        var proofs = server.Database.Read(transaction => transaction.Query("SELECT id FROM proofs", row => row.Digest(0))).ToHashSet();
        var lost = world.Known.Statements.Where(statement => !proofs.Contains(statement)).ToList();
        CheckException.Unless(lost.Count == 0, $"The statement {lost.FirstOrDefault()} was served and is not there.");
        var taken = world.Nodes.SelectMany(node => node.Accepted).Where(accepted => !proofs.Contains(accepted.Statement)).ToList();
        CheckException.Unless(taken.Count == 0, $"The statement {taken.FirstOrDefault().Statement} of task {taken.FirstOrDefault().Task} was taken from a node and is not there.");
    }

    private static async Task CheckStoredAsync(World world, RunningServer server, string root, CancellationToken cancellationToken)
    {
        // Who asks what is on the disk has unfinished compilations taken away, as the first module does.
        await world.Client.GetStatsAsync(cancellationToken);
        using var source = new DirectoryLogSource(ServerArguments.DataOf(root));
        var report = await new LogFsck(source).RunAsync(null, cancellationToken);
        List<string> faults = [.. report.Faults, .. StoredFaults.Find(server.Database), .. Leftovers.Find(root, world.Known).Select(file => $"left behind: {file}")];
        CheckException.Unless(faults.Count == 0, string.Join("; ", faults));
    }
}
