using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Log;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Traces;
using Ailee.Vcp.ProductionDemo.Fleets;
using Ailee.Vcp.ProductionDemo.Jobs;

namespace Ailee.Vcp.ProductionDemo.Proofs;

/// <summary>All that a stranger needs to check the tasks without a server, at one state of its log.</summary>
/// <param name="LogKey">The log's key.</param>
/// <param name="Checkpoint">What the log signed last.</param>
/// <param name="Genesis">Its first entry.</param>
/// <param name="Enrolments">Of each agent.</param>
/// <param name="Tasks">What belongs to each task.</param>
internal sealed record Dossier(NoteKey LogKey, byte[] Checkpoint, byte[] Genesis, IReadOnlyDictionary<NodeId, byte[]> Enrolments, IReadOnlyList<TaskDossier> Tasks)
{
    private const int MostRounds = 20;
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(30);

    /// <summary>Fetches it. Receipts are of the log's newest state, so this is done again if it grew meanwhile.</summary>
    /// <exception cref="DemoException">The log does not hold still, or has no entry that it should have.</exception>
    public static async Task<Dossier> FetchAsync(VcpClient client, IReadOnlyList<Agent> agents, IReadOnlyList<Watch> watches, CancellationToken cancellationToken)
    {
        for (var round = 0; round < MostRounds; round++)
        {
            var before = await client.GetCheckpointAsync(cancellationToken);
            var dossier = await FetchOnceAsync(client, before, agents, watches, cancellationToken);
            var after = await client.GetCheckpointAsync(cancellationToken);
            if (after.SequenceEqual(before))
            {
                return dossier;
            }
        }

        throw new DemoException("The log grows although nothing happens.");
    }

    private static async Task<Dossier> FetchOnceAsync(VcpClient client, byte[] checkpoint, IReadOnlyList<Agent> agents, IReadOnlyList<Watch> watches, CancellationToken cancellationToken)
    {
        var enrolments = new Dictionary<NodeId, byte[]>();
        foreach (var agent in agents)
        {
            enrolments.Add(agent.Id, await EntryAsync(client, new LogEntryQuery { Kind = StatementKind.Enrolment.Name, Node = agent.Id.ToString() }, cancellationToken));
        }

        var genesis = await EntryAsync(client, new LogEntryQuery { Kind = StatementKind.Genesis.Name }, cancellationToken);
        var tasks = new List<TaskDossier>();
        foreach (var watch in watches.Where(watch => watch.View.Consensus?.Certificate is not null))
        {
            tasks.Add(await TaskAsync(client, watch, cancellationToken));
        }

        return new Dossier(await client.GetLogKeyAsync(cancellationToken), checkpoint, genesis, enrolments, tasks);
    }

    private static async Task<TaskDossier> TaskAsync(VcpClient client, Watch watch, CancellationToken cancellationToken)
    {
        var statements = new List<byte[]>();
        foreach (var proof in watch.View.Proofs)
        {
            statements.Add(await client.GetTransparentStatementAsync(Digest.Parse(proof.Id), Wait, cancellationToken));
        }

        var hash = ContentHash.Find(watch.View.Hash)!;
        return new TaskDossier(
            watch,
            await client.GetModuleContentAsync(Digest.Parse(watch.View.Module), cancellationToken),
            await client.GetInvocationAsync(watch.Id, cancellationToken),
            await client.GetOutputRecordAsync(watch.Id, cancellationToken),
            await client.GetStdoutAsync(watch.Id, cancellationToken),
            TraceFile.TryRead(await client.GetTraceFileAsync(watch.Id, cancellationToken), hash, out var fault) ?? throw new DemoException($"The trace of task {watch.Number} is none: {fault!.Detail}"),
            await client.GetTransparentStatementAsync(Digest.Parse(watch.View.Consensus!.Certificate!), Wait, cancellationToken),
            statements);
    }

    private static async Task<byte[]> EntryAsync(VcpClient client, LogEntryQuery query, CancellationToken cancellationToken)
    {
        var page = await client.FindEntriesAsync(query, cancellationToken);
        return page.Items is [var entry]
            ? await client.GetTransparentStatementAsync(Digest.Parse(entry.Digest), Wait, cancellationToken)
            : throw new DemoException($"The log has {page.Items.Count} entries of kind {query.Kind} where there should be one.");
    }
}

/// <summary>What belongs to a task.</summary>
/// <param name="Watch">The task.</param>
/// <param name="Module">Bytes of the module.</param>
/// <param name="Invocation">The encoded invocation.</param>
/// <param name="Output">The encoded output record that was decided.</param>
/// <param name="Stdout">Its stdout.</param>
/// <param name="Trace">The trace that was decided.</param>
/// <param name="Certificate">The orchestrator's certificate, with its receipt.</param>
/// <param name="Statements">What each node signed, with its receipt.</param>
internal sealed record TaskDossier(
    Watch Watch, byte[] Module, byte[] Invocation, byte[] Output, byte[] Stdout, KeptTrace Trace, byte[] Certificate, IReadOnlyList<byte[]> Statements);
