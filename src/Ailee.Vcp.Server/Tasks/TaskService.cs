using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Leases;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Votes;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>Tells about tasks and calls them off.</summary>
internal sealed class TaskService(
    IDatabase database,
    TaskEffects effects,
    TaskWaiters waiters,
    IHostApplicationLifetime lifetime,
    TimeProvider time)
{
    public async Task<ComputeTask?> FindAsync(TaskId id) =>
        await database.ReadSharedAsync(transaction => TaskStore.Find(transaction, id) is { } row ? TaskViews.Read(transaction, row, TaskFiles.Shown) : null) is { } task
            ? TaskViews.Create(task)
            : null;

    /// <summary>The task's state, or null if there is no such task.</summary>
    public string? FindState(TaskId id) => database.Read(transaction => TaskStore.FindState(transaction, id));

    /// <summary>The task, once it is decided, the time is over or the server stops.</summary>
    public async Task<ComputeTask?> WaitAsync(TaskId id, TimeSpan duration, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        try
        {
            await waiters.WaitAsync(
                id,
                async () => await database.ReadSharedAsync(transaction => TaskStore.FindState(transaction, id)) is not { } state || TaskStates.IsFinal(state),
                duration,
                end.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The server stops; the client hears how far the task came.
        }

        return await FindAsync(id);
    }

    /// <summary>Tasks without their files, of which two hundred could have two hundred mebibytes.</summary>
    public List<StoredTask> List(string? tenant, string? state, KeyValuePair<string, string>? label, ListQuery query) => database.Read(transaction =>
        TaskStore.List(transaction, tenant, state, label, query).ConvertAll(row => TaskViews.Read(transaction, row, files: 0)));

    /// <summary>The exact bytes under the input digest, or why there are none.</summary>
    public (byte[]? Invocation, Problem? Problem) FindInvocation(TaskId id) => database.Read<(byte[]?, Problem?)>(transaction =>
        TaskStore.FindInput(transaction, id) is { } input ? (input.Invocation, null)
        : TaskStore.FindState(transaction, id) is null ? (null, Problems.TaskNotFound.Because($"There is no task {id}."))
        : (null, Problems.InputExpired.Because("The proof still names it; whoever has it can check it.")));

    /// <summary>Why a task has no output, or null if it has.</summary>
    public Problem? CheckCompleted(string id, out TaskId task)
    {
        if (!TaskId.TryParse(id, out task))
        {
            return Problems.TaskNotFound.Because("A task's id is a lowercase UUID with hyphens.");
        }

        var found = task;
        return database.Read(transaction => (State: TaskStore.FindState(transaction, found), IsExpired: TaskOutputs.IsExpired(transaction, found))) switch
        {
            { State: null } => Problems.TaskNotFound.Because($"There is no task {id}."),
            { IsExpired: true } => Expired(),
            { State: TaskStates.Completed } => null,
            var other => Problems.TaskUndecided.Because($"It is {other.State}."),
        };
    }

    public byte[]? FindOutputRecord(TaskId id) => database.Read(transaction => TaskOutputs.FindRecord(transaction, id));

    /// <summary>The files that came back, or a part of them.</summary>
    public List<TaskFile> ListFiles(TaskId id, long from = 0, long most = long.MaxValue) => database.Read(transaction => TaskFiles.List(transaction, id, from, most));

    public TaskFile? FindFile(TaskId id, string path) => database.Read(transaction => TaskFiles.Find(transaction, id, path));

    /// <summary>A stream of a completed task, read from the database as it is asked for, and the SHA-256 of its bytes.</summary>
    /// <param name="id">The task.</param>
    /// <param name="stream">Name of the stream, as <see cref="OutputBlobName.Stream"/> has it.</param>
    /// <returns>Null if the output was taken away since <see cref="CheckCompleted"/>.</returns>
    public (ChunkStream Content, Digest Digest)? OpenStream(TaskId id, string stream)
    {
        if (database.Read(transaction => TaskOutputs.FindStream(transaction, id, stream)) is not var (length, digest))
        {
            return null;
        }

        byte[]? Chunk(long number) => database.Read(transaction => TaskOutputs.ReadStream(transaction, id, stream, number * ChunkStream.ChunkBytes, ChunkStream.ChunkBytes));
        return (new ChunkStream(Chunk, length), digest);
    }

    /// <summary>The bytes of a file that came back, read from the database as they are asked for.</summary>
    public ChunkStream OpenFile(TaskId id, TaskFile file) =>
        new(number => database.Read(transaction => TaskFiles.FindChunk(transaction, id, file.Path, number)), file.SizeBytes);

    /// <summary>Says that the output was taken away.</summary>
    public static Problem Expired() => Problems.OutputExpired.Because("Lengths and digests are in the task's result, and the proof still holds; whoever has the output can check it.");

    /// <summary>Calls off a task that is not decided. A run of it is stopped; what it would have said is not stored.</summary>
    public async Task<Problem?> CancelAsync(TaskId id, Actor actor)
    {
        var (problem, leases) = await database.WriteAsync(transaction => Cancel(transaction, id, actor));
        if (problem is null)
        {
            effects.Apply(new TaskConsequence(id) { Ended = TaskStates.Cancelled, Revoked = leases });
        }

        return problem;
    }

    private (Problem? Problem, List<Guid> Leases) Cancel(IWriteTransaction transaction, TaskId id, Actor actor)
    {
        if (TaskStore.Find(transaction, id) is not { } row)
        {
            return (Problems.TaskNotFound.Because($"There is no task {id}."), []);
        }

        if (TaskStates.IsFinal(row.State))
        {
            return (Problems.TaskDecided.Because($"It is {row.State}."), []);
        }

        var now = time.GetUtcNow();
        CandidateStore.Drop(transaction, id);
        TaskStore.Cancel(transaction, id, now);
        if (row.Submitter != actor.Caller.Tenant)
        {
            actor.Record(transaction, AuditKinds.TaskCancelled, id.ToString(), $"of {row.Submitter}", now);
        }

        return (null, AttemptStore.EndRunning(transaction, id, AttemptStates.Cancelled, "task-cancelled", now));
    }
}
