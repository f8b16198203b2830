using Ailee.Vcp.Cli;
using Ailee.Vcp.Cli.Backup;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Keys;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Crash.Checks;
using Ailee.Vcp.Crash.Hosting;
using Ailee.Vcp.Crash.Nodes;
using Microsoft.Data.Sqlite;

namespace Ailee.Vcp.Crash;

/// <summary>Everybody outside of a server: its clients, its operator and its nodes. Notes what is asked before it is, and what is acknowledged after.</summary>
internal sealed class World(NodeMachine machine, Random random) : IDisposable
{
    private HttpClient? _http;
    private VcpClient? _client;
    private int _names;

    public Known Known { get; private set; } = new();

    public List<ActingNode> Nodes { get; } = [];

    public Random Random => random;

    /// <summary>Connections to the server that runs.</summary>
    public HttpClient Http => _http!;

    public VcpClient Client => _client!;

    /// <summary>The server, if it runs within this process.</summary>
    public RunningServer? Server { get; private set; }

    /// <summary>Another server runs, in the place of the one before.</summary>
    public void Connect(HttpClient http, RunningServer? server) => (_http, _client, Server) = (http, new VcpClient(http), server);

    public int NextNumber() => ++_names;

    /// <summary>Begins anew, with another server.</summary>
    public void Forget()
    {
        Known = new Known();
        Nodes.ForEach(node => node.Dispose());
        Nodes.Clear();
    }

    /// <summary>A node that is enrolled and wanted; it joins if there is none.</summary>
    public async Task<ActingNode> NodeAsync(string owner, CancellationToken cancellationToken)
    {
        if (Nodes.Find(node => node.Owner == owner && !node.IsGone) is not { } node)
        {
            Nodes.Add(node = new ActingNode(owner, machine));
        }

        if (!node.IsEnrolled)
        {
            await JoinAsync(node, cancellationToken);
        }

        await node.StartSessionAsync(Http, cancellationToken);
        return node;
    }

    public ActingNode NewNode(string owner)
    {
        var node = new ActingNode(owner, machine);
        Nodes.Add(node);
        return node;
    }

    public async Task JoinAsync(ActingNode node, CancellationToken cancellationToken)
    {
        Known.Standings.TryAdd(node.Id, null);
        await node.JoinAsync(Client, Http, cancellationToken);
        Known.Standings[node.Id] = "active";
    }

    public async Task<Digest> UploadModuleAsync(byte[] module, CancellationToken cancellationToken)
    {
        var digest = Digest.Of(module);
        var uploaded = Remember(Known.Modules, digest, module);
        await Client.UploadModuleAsync(module, MediaTypes.Wasm, cancellationToken);
        uploaded.Existence = Existence.There;
        return digest;
    }

    public async Task DeleteModuleAsync(Digest module, CancellationToken cancellationToken)
    {
        Known.Modules[module].Existence = Existence.Unsure;
        await Client.DeleteModuleAsync(module, cancellationToken);
        Known.Modules[module].Existence = Existence.Gone;
    }

    public async Task<Digest> UploadBundleAsync(Bundle bundle, CancellationToken cancellationToken)
    {
        var tar = BundleTarWriter.Write(bundle);
        var uploaded = Remember(Known.Bundles, bundle.Digest, tar);
        await Client.UploadBundleAsync(new MemoryStream(tar), cancellationToken);
        uploaded.Existence = Existence.There;
        return bundle.Digest;
    }

    public async Task DeleteBundleAsync(Digest bundle, CancellationToken cancellationToken)
    {
        Known.Bundles[bundle].Existence = Existence.Unsure;
        await Client.DeleteBundleAsync(bundle, cancellationToken);
        Known.Bundles[bundle].Existence = Existence.Gone;
    }

    public async Task CreateKeyAsync(CancellationToken cancellationToken) =>
        Hold(await Client.CreateKeyAsync(new KeyRequest { Name = $"key-{NextNumber()}", Scopes = ["tasks"] }, cancellationToken));

    public async Task RotateKeyAsync(ApiKeyKnown key, CancellationToken cancellationToken)
    {
        key.Existence = Existence.Unsure;
        Hold(await Client.RotateKeyAsync(key.Id, new KeyRotationRequest(), cancellationToken));
        key.Existence = Existence.Gone;
    }

    public async Task RevokeKeyAsync(ApiKeyKnown key, CancellationToken cancellationToken)
    {
        key.Existence = Existence.Unsure;
        await Client.RevokeKeyAsync(key.Id, cancellationToken);
        key.Existence = Existence.Gone;
    }

    /// <summary>Takes a backup beside the data directory, as <c>vcp backup</c> does.</summary>
    /// <exception cref="ToolException">It could not be taken.</exception>
    public async Task BackUpAsync(string name, CancellationToken cancellationToken)
    {
        var root = Server!.Root;
        await UseAsync("The backup was not taken.", () => BackupWriter.WriteAsync(ServerArguments.DataOf(root), Path.Combine(ServerArguments.BackupsOf(root), name), TimeProvider.System, cancellationToken));
        Known.Backups.Add(name);
    }

    /// <summary>Makes a data directory of a backup that lies beside it, as <c>vcp restore</c> does.</summary>
    /// <exception cref="ToolException">It could not be made.</exception>
    public static Task RestoreAsync(string root, string name, CancellationToken cancellationToken) =>
        UseAsync("The backup was not restored.", () => RestoreWriter.WriteAsync(Path.Combine(ServerArguments.BackupsOf(root), name), ServerArguments.DataOf(root), null, cancellationToken));

    /// <summary>Notes what anybody may have seen of the log by now.</summary>
    public async Task SeeLogAsync(CancellationToken cancellationToken)
    {
        Known.Checkpoint = await Client.GetCheckpointAsync(cancellationToken);
        Known.LogKey = (await Client.GetLogKeyAsync(cancellationToken)).ToString();
    }

    /// <summary>Submits a task; with a wait it is seen decided, if it is in time.</summary>
    public async Task<Submitted> SubmitAsync(Submitted task, TimeSpan? wait, CancellationToken cancellationToken)
    {
        if (!Known.Tasks.Contains(task))
        {
            Known.Tasks.Add(task);
        }

        See(task, await Client.SubmitTaskAsync(task.Request, wait, task.Key, cancellationToken));
        return task;
    }

    /// <summary>Submits tasks in one call.</summary>
    public async Task SubmitAsync(IReadOnlyList<Submitted> tasks, string? key, CancellationToken cancellationToken)
    {
        Known.Tasks.AddRange(tasks);
        var answer = await Client.SubmitTasksAsync([.. tasks.Select(task => task.Request)], key, cancellationToken);
        for (var i = 0; i < tasks.Count; i++)
        {
            tasks[i].Id = answer.Items[i].Id ?? throw new CheckException($"Task {i} of a batch was refused: {answer.Items[i].Problem?.Code}.");
        }
    }

    public async Task<ComputeTask> LookAsync(Submitted task, TimeSpan? wait, CancellationToken cancellationToken)
    {
        var view = await Client.GetTaskAsync(TaskId.Parse(task.Id!), wait, cancellationToken);
        See(task, view);
        return view;
    }

    public async Task CancelAsync(Submitted task, CancellationToken cancellationToken)
    {
        See(task, await Client.CancelTaskAsync(TaskId.Parse(task.Id!), cancellationToken));
    }

    /// <summary>Notes what a task looks like.</summary>
    /// <exception cref="CheckException">It was seen otherwise before.</exception>
    public void See(Submitted task, ComputeTask view)
    {
        CheckException.Unless(task.Id is null || task.Id == view.Id, $"'{task.Name}' was task {task.Id} and is {view.Id}.");
        task.Id = view.Id;
        if (!TaskStates.IsFinal(view.State))
        {
            CheckException.Unless(!Known.Decided.ContainsKey(view.Id), $"Task {view.Id} was decided, and is {view.State} again.");
            return;
        }

        var facts = TaskEnds.Facts(view);
        CheckException.Unless(Known.Decided.TryAdd(view.Id, facts) || Known.Decided[view.Id] == facts, $"Task {view.Id} was decided: {Known.Decided[view.Id]}. Now it is: {facts}.");
        Known.Statements.UnionWith(view.Proofs.Select(proof => Digest.Parse(proof.Id)));
    }

    /// <summary>Has all nodes work until something is so.</summary>
    public async Task WorkUntilAsync(Func<CancellationToken, Task<bool>> isDone, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var work = Nodes.Where(node => node is { IsEnrolled: true, IsGone: false }).Select(node => WorkAsync(node, end.Token)).ToList();
        try
        {
            while (!await isDone(cancellationToken))
            {
                if (work.Find(task => task.IsFaulted) is { } failed)
                {
                    await failed;
                }

                await Task.Delay(10, cancellationToken);
            }
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose()
    {
        foreach (var node in Nodes)
        {
            node.Dispose();
        }
    }

    private async Task WorkAsync(ActingNode node, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await node.HandInAsync(Http, cancellationToken);
                await node.WorkAsync(Http, 1, cancellationToken);
            }
            catch (NodeRefusal refusal) when (refusal.Status is System.Net.HttpStatusCode.Unauthorized)
            {
                // Its session was not stored, or is over; it starts another.
            }
        }
    }

    private static async Task UseAsync(string failure, Func<Task> tool)
    {
        try
        {
            await tool();
        }
        catch (Exception exception) when (exception is CliException or IOException or UnauthorizedAccessException or SqliteException)
        {
            throw new ToolException(failure, exception);
        }
    }

    private void Hold(KeyView key) => Known.Keys.Add(new ApiKeyKnown(key.Id, key.Secret!));

    private static Uploaded Remember(Dictionary<Digest, Uploaded> all, Digest digest, byte[] content)
    {
        if (!all.TryGetValue(digest, out var uploaded))
        {
            all.Add(digest, uploaded = new Uploaded(content));
        }

        uploaded.Existence = uploaded.Existence == Existence.There ? Existence.There : Existence.Unsure;
        return uploaded;
    }
}
