using Ailee.Vcp.Client.Ledger;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Ledger;
using Ailee.Vcp.Server.Ledger;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Tests.Ledger;

/// <summary>A database with tasks and nodes, and a book that posts to it.</summary>
internal sealed class LedgerBed : IDisposable
{
    public static readonly DateTimeOffset Now = new(2030, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    private readonly TempDirectory _directory = new();

    public LedgerBed(LedgerOptions? options = null, int tasks = 8, int nodes = 4)
    {
        Database = new SqliteDatabase(_directory.File("vcp.db"));
        Book = BookOf(options ?? new LedgerOptions());
        Tasks = [.. Enumerable.Range(0, tasks).Select(number => TaskId.Create(Now.AddMilliseconds(number)))];
        Nodes = [.. Enumerable.Range(0, nodes).Select(NodeOf)];
        Database.WriteAsync(transaction =>
        {
            AddTo(transaction, Tasks, Nodes);
            return true;
        }).GetAwaiter().GetResult();
    }

    public SqliteDatabase Database { get; }

    public LedgerBook Book { get; }

    public IReadOnlyList<TaskId> Tasks { get; }

    public IReadOnlyList<NodeId> Nodes { get; }

    public static LedgerBook BookOf(LedgerOptions options) => new(Options.Create(options), NullLogger<LedgerBook>.Instance);

    public static NodeId NodeOf(int number) => new(Digest.Of([(byte)number, (byte)(number >> 8)]));

    /// <summary>Stores tasks and nodes, as far as the ledger's rows refer to them.</summary>
    public static void AddTo(IWriteTransaction transaction, IEnumerable<TaskId> tasks, IEnumerable<NodeId> nodes)
    {
        foreach (var task in tasks)
        {
            transaction.Execute(
                "INSERT INTO tasks (id, state, module, entrypoint, nonce, timeout_ms, submitted_ms) VALUES ($id, 'completed', x'00', 'f', x'00', 1, 1)",
                ("$id", task.ToArray()));
        }

        foreach (var node in nodes)
        {
            transaction.Execute(
                "INSERT INTO nodes (id, public_key, name, owner, enrolled_ms) VALUES ($id, x'00', 'n', 'o', 1)",
                ("$id", node.Thumbprint.ToArray()));
        }
    }

    public Task<long> RewardAsync(int task, int node, long gas = 10_000_000, long? bid = null, string submitter = "admin", DateTimeOffset? now = null) =>
        Database.WriteAsync(transaction => Book.Reward(transaction, Tasks[task], Nodes[node], submitter, gas, Outcome.Completed, false, bid, null, null, now ?? Now));

    public Task<long> PenaltyAsync(int node, int? task, string kind = "divergent", DateTimeOffset? now = null) =>
        Database.WriteAsync(transaction => Book.Penalty(transaction, Nodes[node], kind, task is { } number ? Tasks[number] : null, now ?? Now));

    public long Balance(LedgerAccount account) => Database.Read(transaction => LedgerStore.Balance(transaction, account));

    public long Balance(int node) => Balance(LedgerAccount.OfNode(Nodes[node]));

    public List<LedgerTransactionView> Transactions() =>
        Database.Read(transaction => LedgerQueries.Transactions(transaction, new LedgerQuery(int.MaxValue, long.MaxValue, long.MinValue, long.MaxValue)));

    public List<string> Faults() => Database.Read(transaction => LedgerCheck.Faults(new LedgerReader(transaction)).ToList());

    public void Dispose()
    {
        Database.Dispose();
        _directory.Dispose();
    }
}
