using System.Text;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tasks;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Tasks;

/// <summary>Submitters take turns on the built-in node, whatever number of tasks they have.</summary>
public sealed class TaskTurnsTests
{
    private const int Slots = 2;

    // Some tenths of a second.
    private const string Busy = """
        (module (func (export "run") (param $n i32) (result i32)
          (loop $again
            (local.set $n (i32.sub (local.get $n) (i32.const 1)))
            (br_if $again (local.get $n)))
          (local.get $n)))
        """;

    [Fact]
    public async Task Submit_AnotherHasHundredsOfLongTasks_IsNextButForWhatRuns()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { Configuration = { ["Sandbox:Slots"] = $"{Slots}" } });
        var module = Digest.Parse((await server.Client.UploadModuleAsync(Encoding.UTF8.GetBytes(Busy), MediaTypes.Wat, default)).Digest);
        await SubmitAsync(server, module, "alice", 300);
        await LogCalls.UntilAsync(() => Decided(server) >= 3);

        var before = Decided(server);
        await SubmitAsync(server, module, "bob", 1);
        await LogCalls.UntilAsync(() => Decided(server, "bob") == 1);

        // One runs in each slot, one more was leased, and while bob's ran the other slot went on; commits are shared, so some may be seen late.
        Assert.InRange(Decided(server) - before, 1, (3 * Slots) + 2);
    }

    private static async Task SubmitAsync(RunningServer server, Digest module, string submitter, int count)
    {
        var request = new TaskRequest { Module = module.ToString(), Entrypoint = "run", Args = Calls.Arguments(200_000_000) };
        var answers = await server.Get<TaskSubmissions>().SubmitAsync([.. Enumerable.Repeat(new Submission(request, null), count)], new Caller(submitter, submitter, Scope.Admin | Scope.Audit), default);
        Assert.All(answers, answer => Assert.Null(answer.Problem));
    }

    private static long Decided(RunningServer server, string? submitter = null) => server.Database.Read(transaction => transaction.QueryFirst(
        "SELECT count(*) FROM tasks WHERE state = 'completed' AND ($submitter IS NULL OR submitter = $submitter)", row => row.Int64(0), ("$submitter", submitter)));
}
