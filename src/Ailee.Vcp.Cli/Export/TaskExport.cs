using System.Text;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Log;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Cli.Export;

/// <summary>All that a server has to show for a task, at one state of its log.</summary>
/// <param name="Files">By name.</param>
/// <param name="LogOrigin">The log.</param>
/// <param name="LogSize">Number of its entries that every receipt and the checkpoint are of.</param>
internal sealed record TaskExport(IReadOnlyDictionary<string, byte[]> Files, string LogOrigin, long LogSize)
{
    /// <exception cref="CliException">The task is not decided, the log does not hold what belongs to it, or what the server gives does not fit together.</exception>
    public static async Task<TaskExport> FetchAsync(VcpClient client, TaskId id, CancellationToken cancellationToken)
    {
        var task = await client.GetTaskAsync(id, null, cancellationToken);
        if (!TaskStates.IsFinal(task.State))
        {
            throw new CliException($"The task is {task.State}: there is nothing to show for it before it is decided.");
        }

        var statements = await FindAsync(client, task, cancellationToken);
        var key = await client.GetLogKeyAsync(cancellationToken);
        var state = await LogSnapshot.FetchAsync(client, key, statements, cancellationToken);
        var files = new Dictionary<string, byte[]>(state.Statements)
        {
            [ExportDirectory.LogKey] = Encoding.UTF8.GetBytes(key + "\n"),
            [ExportDirectory.Checkpoint] = state.Note,
        };
        if (task.Result is not null)
        {
            files.Add(ExportDirectory.Invocation, await client.GetInvocationAsync(id, cancellationToken));
            files.Add(ExportDirectory.Output, await client.GetOutputRecordAsync(id, cancellationToken));
            files.Add(ExportDirectory.Stdout, await client.GetStdoutAsync(id, cancellationToken));
        }

        return new TaskExport(files, key.Name, state.Size);
    }

    // What belongs to the task, by the names that the files get.
    private static async Task<Dictionary<string, Digest>> FindAsync(VcpClient client, ComputeTask task, CancellationToken cancellationToken)
    {
        // The first: a log that goes on where another ended has the genesis of that one behind its own.
        var genesis = (await client.FindEntriesAsync(new LogEntryQuery { Kind = StatementKind.Genesis.Name }, cancellationToken)).Items.MinBy(entry => entry.Index);
        var statements = new Dictionary<string, Digest> { [ExportDirectory.Genesis] = Digest.Parse((genesis ?? throw new CliException("The server's log has no genesis.")).Digest) };
        var certificate = await NewestAsync(client, new LogEntryQuery { Task = task.Id, Kind = StatementKind.Certificate.Name }, cancellationToken);
        var proofs = task.Proofs.Select(proof => (proof.Id, proof.Node)).ToList();
        if (certificate is { } id)
        {
            statements.Add(ExportDirectory.Certificate, id);
            // Statements that were outvoted are not what was decided.
            var votes = await VotesAsync(client, id, cancellationToken);
            proofs = [.. votes.Select(vote => (vote.Statement.ToString(), vote.Node.ToString()))];
        }

        for (var i = 0; i < proofs.Count; i++)
        {
            statements.Add(ExportDirectory.Proof(i + 1), Digest.Parse(proofs[i].Id));
            var enrolment = await NewestAsync(client, new LogEntryQuery { Node = proofs[i].Node, Kind = StatementKind.Enrolment.Name }, cancellationToken);
            statements.Add(ExportDirectory.Enrolment(i + 1), enrolment ?? throw new CliException($"The log has no enrolment of the node {proofs[i].Node}."));
        }

        if (proofs.Count == 0)
        {
            statements.Add(ExportDirectory.Divergence, await NewestAsync(client, new LogEntryQuery { Task = task.Id, Kind = StatementKind.Divergence.Name }, cancellationToken)
                ?? throw new CliException($"The task is {task.State}, and nobody signed anything about it."));
        }

        return statements;
    }

    private static async Task<Digest?> NewestAsync(VcpClient client, LogEntryQuery query, CancellationToken cancellationToken)
    {
        var page = await client.FindEntriesAsync(query, cancellationToken);
        return page.Items.MaxBy(entry => entry.Index) is { } entry ? Digest.Parse(entry.Digest) : null;
    }

    private static async Task<IReadOnlyList<OrchestratorPayload.Vote>> VotesAsync(VcpClient client, Digest certificate, CancellationToken cancellationToken)
    {
        var bytes = await LogSnapshot.GetAsync(client, certificate, cancellationToken);
        return StatementVerifier.Verify(bytes, Evidence.None).Orchestrator?.Payload is OrchestratorPayload.Certificate payload
            ? payload.Votes
            : throw new CliException($"The server's certificate {certificate} is none.");
    }
}
