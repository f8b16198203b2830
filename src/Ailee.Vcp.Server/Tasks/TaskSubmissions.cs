using Ailee.Vcp.Client.Modules;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Bundles;
using Ailee.Vcp.Server.Clocks;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Log;
using Ailee.Vcp.Server.Modules;
using Ailee.Vcp.Server.Overload;
using Ailee.Vcp.Server.Storage;

namespace Ailee.Vcp.Server.Tasks;

/// <summary>Takes tasks in, one or many in a call: each is judged by itself, and what is good is stored in one transaction.</summary>
internal sealed class TaskSubmissions(
    IDatabase database,
    ModuleService modules,
    TaskValidator validator,
    ContentDigests digests,
    EligibleOwners owners,
    Quotas quotas,
    TaskPlaces places,
    TaskEffects effects,
    PublishedLog log,
    CommitDelay commits,
    IHostApplicationLifetime lifetime,
    ServerClock clock,
    TimeProvider time)
{
    /// <summary>Stores a task and queues it.</summary>
    /// <param name="submission">The task.</param>
    /// <param name="caller">Who submits it.</param>
    /// <param name="cancellationToken">Ends the wait for what must be hashed. What is being stored is stored.</param>
    public async Task<SubmissionAnswer> SubmitAsync(Submission submission, Caller caller, CancellationToken cancellationToken) =>
        (await SubmitAsync([submission], caller, cancellationToken))[0];

    /// <summary>Stores tasks and queues them.</summary>
    /// <returns>An answer for each, in their order.</returns>
    public async Task<IReadOnlyList<SubmissionAnswer>> SubmitAsync(IReadOnlyList<Submission> submissions, Caller caller, CancellationToken cancellationToken)
    {
        var answers = new SubmissionAnswer[submissions.Count];
        var looked = new Dictionary<Digest, ModuleView?>();
        var ready = new List<(int Index, Ready Task)>(submissions.Count);
        var stored = new List<SubmissionAnswer>();
        try
        {
            for (var i = 0; i < submissions.Count; i++)
            {
                var (task, answer) = await PrepareAsync(submissions[i], caller, looked, cancellationToken);
                answers[i] = answer;
                if (task is not null)
                {
                    ready.Add((i, task));
                }
            }

            if (ready.Count > 0)
            {
                var begin = commits.Begin();
                stored = await database.WriteAsync(transaction => ready.ConvertAll(item => Store(transaction, item.Task, caller)));
                commits.Waited(begin);
            }
        }
        finally
        {
            // Each that is ready took a place.
            for (var i = 0; i < ready.Count; i++)
            {
                if (i >= stored.Count || !stored[i].IsNew)
                {
                    places.GiveBack(ready[i].Task.Id);
                }
            }
        }

        for (var i = 0; i < ready.Count; i++)
        {
            answers[ready[i].Index] = stored[i];
            if (stored[i].IsNew)
            {
                effects.Demand(DemandStore.Of(stored[i].Id, ready[i].Task.Draft, caller.Tenant));
            }
        }

        return answers;
    }

    // With a place among the undecided if it is ready.
    private async Task<(Ready? Task, SubmissionAnswer Answer)> PrepareAsync(Submission submission, Caller caller, Dictionary<Digest, ModuleView?> looked, CancellationToken cancellationToken)
    {
        // First of all: a repeated request gets its task even if a new one would be refused by now.
        if (submission.Idempotency is { } known && database.Read(transaction => Repeated(transaction, known, clock.TrustedUtc)) is { } repeated)
        {
            return (null, repeated);
        }

        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return Refuse(Problems.ShuttingDown.Because("It takes no more tasks.") with { RetryAfterSeconds = Problems.RestartSeconds });
        }

        if (log.Tree.ReadOnly is { } reason)
        {
            return Refuse(Problems.LogReadOnly.Because(reason) with { RetryAfterSeconds = LogReadOnly.RetryAfterSeconds });
        }

        var request = submission.Request;
        var isDigest = Digest.TryParse(request.Module, out var digest);
        if (isDigest && !looked.ContainsKey(digest))
        {
            looked.Add(digest, await modules.FindKeptAsync(caller, digest));
        }

        if (!isDigest || looked[digest] is not { } module)
        {
            return Refuse(Problems.ModuleNotFound.Because("Upload the module first; its name is 'sha256:' and 64 lowercase hexadecimal digits."));
        }

        if (validator.Validate(request, module, out var draft) is { } problem)
        {
            return Refuse(problem);
        }

        // Of mode adaptive two must agree, unless a trusted node happens to get it.
        var replicas = draft!.Assurance == AssuranceModes.Adaptive ? 2 : draft.Replicas;
        if (replicas > 1 && owners.Count(DemandStore.Of(default, draft, caller.Tenant), replicas) is var eligible && eligible < replicas)
        {
            return Refuse(Problems.NotEnoughOwners.Because($"{replicas} replicas need nodes of as many owners that have what the task asks for; there are nodes of {eligible}."));
        }

        if (draft.Bundle is { } bundle && database.Read(transaction => BundleService.Find(transaction, caller, bundle)) is null)
        {
            return Refuse(Problems.BundleNotFound.Because($"There is no bundle {bundle}; upload it first."));
        }

        if (await digests.CompleteAsync(draft, cancellationToken) is not { } complete)
        {
            return Refuse(Problems.ModuleNotFound.Because("The module or its bundle was deleted."));
        }

        var id = TaskId.Create(time.GetUtcNow());
        return quotas.TryTakePlace(caller, id, complete) is { } refusal ? Refuse(refusal) : (new Ready(id, digest, complete, submission.Idempotency), default);
    }

    private SubmissionAnswer Store(IWriteTransaction transaction, Ready task, Caller caller)
    {
        var now = time.GetUtcNow();
        if (task.Idempotency is { } known && Repeated(transaction, known, clock.TrustedUtc) is { } repeated)
        {
            return repeated;
        }

        // It may have been deleted since it was looked up.
        if (!ModuleService.Exists(transaction, caller, task.Module))
        {
            return new SubmissionAnswer(default, false, Problems.ModuleNotFound.Because("The module was deleted."));
        }

        if (task.Draft.Bundle is { } bundle && BundleService.Find(transaction, caller, bundle) is null)
        {
            return new SubmissionAnswer(default, false, Problems.BundleNotFound.Because("The bundle was deleted."));
        }

        TaskStore.Add(transaction, task.Id, Nonce.Create(), task.Draft, caller.Tenant, now);
        if (task.Idempotency is { } key)
        {
            IdempotencyStore.Add(transaction, key.Caller, key.Key, key.Body, task.Id, now, clock.TrustedUtc);
        }

        return new SubmissionAnswer(task.Id, true, null);
    }

    private static SubmissionAnswer? Repeated(IReadTransaction transaction, IdempotencyKey known, DateTimeOffset? trustedUtc) =>
        IdempotencyStore.Find(transaction, known.Caller, known.Key, trustedUtc) is not { } earlier ? null
        : earlier.Body == known.Body ? new SubmissionAnswer(earlier.Task, false, null)
        : new SubmissionAnswer(default, false, Problems.IdempotencyMismatch.Because("Use a new key for a new request."));

    private static (Ready? Task, SubmissionAnswer Answer) Refuse(Problem problem) => (null, new SubmissionAnswer(default, false, problem));

    private sealed record Ready(TaskId Id, Digest Module, TaskDraft Draft, IdempotencyKey? Idempotency);
}

/// <summary>A task as it was submitted.</summary>
/// <param name="Request">The task.</param>
/// <param name="Idempotency">What makes it the same task when it comes again; null if nothing does.</param>
internal sealed record Submission(TaskRequest Request, IdempotencyKey? Idempotency);

/// <summary>Makes a repeated submission the same task.</summary>
/// <param name="Caller">Who submits.</param>
/// <param name="Key">What it chose.</param>
/// <param name="Body">Digest of the request.</param>
internal sealed record IdempotencyKey(string Caller, string Key, Digest Body);

/// <summary>What became of a submission.</summary>
/// <param name="Id">The task, unless it was refused.</param>
/// <param name="IsNew">Whether it was stored just now.</param>
/// <param name="Problem">Why it was refused.</param>
internal readonly record struct SubmissionAnswer(TaskId Id, bool IsNew, Problem? Problem);
