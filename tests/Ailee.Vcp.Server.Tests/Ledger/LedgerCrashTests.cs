using System.Diagnostics;
using System.Globalization;
using System.Text;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Ledger;
using Ailee.Vcp.Server.Ledger;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Ledger;

/// <summary>A decision is there with its money or not at all, also after kill -9, and what was paid is not paid again.</summary>
public sealed class LedgerCrashTests
{
    private const string Variable = "VCP_LEDGER_CRASH";
    private const int Writers = 8;

    private static readonly NodeId[] Nodes = [LedgerBed.NodeOf(1), LedgerBed.NodeOf(2)];

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(1000)]
    public async Task Kill_WhilePosting_WhatWasAcknowledgedIsPaidOnce(int acknowledgedBeforeTheKill)
    {
        using var directory = new TempDirectory();
        var acknowledged = await PostAndKillAsync(directory.Path, acknowledgedBeforeTheKill);

        using var database = new SqliteDatabase(directory.File("vcp.db"));
        var decided = database.Read(transaction => transaction.Query("SELECT id FROM tasks", row => row.TaskId(0)));
        var paid = database.Read(transaction => transaction.Query("SELECT task FROM ledger_transactions WHERE kind = 'reward'", row => row.TaskId(0)));
        Assert.Empty(Faults(database));
        Assert.Equal(decided.ToHashSet(), paid.ToHashSet());
        Assert.Equal(decided.Count, paid.Count);
        Assert.Superset(acknowledged.Select(TaskOf).ToHashSet(), paid.ToHashSet());

        var again = await Task.WhenAll(paid.Select(task => database.WriteAsync(transaction => Pay(transaction, task))));
        var next = await DecideAsync(database, -1);

        Assert.All(again, posted => Assert.Equal(0, posted));
        Assert.Equal(1, next);
        Assert.Empty(Faults(database));
        Assert.Equal(paid.Count + 1L, database.Read(transaction => LedgerStore.Balance(transaction, LedgerAccount.OfNode(Nodes[0]))));
    }

    /// <summary>The process that is killed: this test alone, started by the other.</summary>
    [Fact(Explicit = true)]
    public async Task Post_UntilKilled()
    {
        using var database = new SqliteDatabase(Path.Combine(Environment.GetEnvironmentVariable(Variable)!, "vcp.db"));
        await database.WriteAsync(transaction =>
        {
            LedgerBed.AddTo(transaction, [], Nodes);
            return true;
        });
        await using var output = Console.OpenStandardOutput();
        var (number, gate) = (-1, new Lock());
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            while (true)
            {
                var mine = Interlocked.Increment(ref number);
                await DecideAsync(database, mine);
                lock (gate)
                {
                    output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"posted {mine}\n")));
                }
            }
        })));
    }

    // A decided task, what its node earns, and what another pays for a fault: one transaction.
    private static Task<long> DecideAsync(SqliteDatabase database, int number) => database.WriteAsync(transaction =>
    {
        LedgerBed.AddTo(transaction, [TaskOf(number)], []);
        return Pay(transaction, TaskOf(number));
    });

    private static long Pay(IWriteTransaction transaction, TaskId task)
    {
        var book = LedgerBed.BookOf(new LedgerOptions());
        book.Penalty(transaction, Nodes[1], "divergent", task, LedgerBed.Now);
        return book.Reward(transaction, task, Nodes[0], "admin", 1000, Outcome.Completed, false, null, null, null, LedgerBed.Now);
    }

    private static TaskId TaskOf(int number) => TaskId.FromBytes(Digest.Of(BitConverter.GetBytes(number)).ToArray().AsSpan(0, TaskId.SizeBytes));

    private static List<string> Faults(SqliteDatabase database) => database.Read(transaction => LedgerCheck.Faults(new LedgerReader(transaction)).ToList());

    private static async Task<List<int>> PostAndKillAsync(string directory, int count)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, WorkingDirectory = AppContext.BaseDirectory };
        foreach (var argument in (string[])[typeof(LedgerCrashTests).Assembly.Location, "-explicit", "only", "-method", $"{typeof(LedgerCrashTests).FullName}.{nameof(Post_UntilKilled)}"])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[Variable] = directory;
        using var process = Process.Start(start)!;
        var (acknowledged, text) = (new List<int>(), new StringBuilder());
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            text.AppendLine(line);
            if (line.StartsWith("posted ", StringComparison.Ordinal))
            {
                acknowledged.Add(int.Parse(line.AsSpan("posted ".Length), CultureInfo.InvariantCulture));
            }

            if (acknowledged.Count == count)
            {
                process.Kill();
            }
        }

        await process.WaitForExitAsync();
        Assert.True(acknowledged.Count >= count, $"The process ended by itself:\n{text}");
        return acknowledged;
    }
}
