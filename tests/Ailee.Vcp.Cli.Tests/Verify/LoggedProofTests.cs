using System.Text.Json;
using Ailee.Vcp.Cli.Tests.Log;
using Ailee.Vcp.Core.Statements;

namespace Ailee.Vcp.Cli.Tests.Verify;

/// <summary>What <c>verify</c> says of proofs that a log holds, and what it says that it did not check.</summary>
public sealed class LoggedProofTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly LoggedTask _task = new(voters: 2, certified: true);

    [Fact]
    public async Task Verify_NothingButTheProof_SaysWhatWasNotChecked()
    {
        var run = await VerifyAsync(Proof(0));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"It is entry 2 of the log {TestLog.Origin}, which had 6 entries.\n", run.Stdout, StringComparison.Ordinal);
        Assert.EndsWith(
            "Not checked: the log's signature, and so the position in the log: give --log-key and --checkpoint.\nNot checked: whether the node was enrolled: give --enrolment.\nNot checked: whether others who ran it, if any did, came to the same: give --certificate.\nVALID\n",
            run.Stdout,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_WithoutReceipt_SaysThatNoLogHoldsIt()
    {
        var run = await VerifyAsync(Save("bare", _task.Log.Statement(_task.Proofs[0])));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("gas.\nNot checked: whether a log holds it: there is no receipt.\nNot checked: whether the node was enrolled: give --enrolment.\nNot checked: whether others who ran it, if any did, came to the same: give --certificate.\nVALID\n", run.Stdout, StringComparison.Ordinal);
        Assert.Equal(1, (await VerifyAsync(Save("bare", _task.Log.Statement(_task.Proofs[0])), "--log-key", TestLog.NoteKey.ToString())).ExitCode);
    }

    [Fact]
    public async Task Verify_EverythingGiven_LeavesNothingUnchecked()
    {
        var run = await VerifyAsync(Proof(0), ["--json", .. Everything]);

        Assert.Equal((0, string.Empty), (run.ExitCode, run.Stderr));
        var report = JsonDocument.Parse(run.StdoutBytes).RootElement;
        Assert.Equal(0, report.GetProperty("notChecked").GetArrayLength());
        Assert.Equal(("node 1", "owner 1"), (report.GetProperty("enrolled").GetProperty("name").GetString(), report.GetProperty("enrolled").GetProperty("owner").GetString()));
        Assert.Equal((2, 6), (report.GetProperty("log")[0].GetProperty("index").GetInt32(), report.GetProperty("log")[0].GetProperty("size").GetInt32()));
    }

    [Fact]
    public async Task Verify_SeveralFiles_ALineEachAndASummary()
    {
        var flipped = _task.Log.Statement(_task.Proofs[1]).ToArray();
        flipped[^1] ^= 1;
        var all = await CliRun.OfAsync(["verify", Proof(0), Proof(1), .. Everything]);
        var one = await CliRun.OfAsync(["verify", Proof(0), Save("flipped", flipped), Save("empty", [])]);
        var json = await CliRun.OfAsync(["verify", Proof(0), Save("empty", []), "--json"]);

        Assert.Equal((0, 1, 1), (all.ExitCode, one.ExitCode, json.ExitCode));
        Assert.Equal(
            [$"ok     {_directory.Path("proof-0")}: completed, task {LoggedTask.Id}, node {Node(0)} of owner 1, entry 2 of 6", $"ok     {_directory.Path("proof-1")}: completed, task {LoggedTask.Id}, node {Node(1)} of owner 2, entry 4 of 6", "2 of 2 valid", "VALID"],
            all.Stdout.TrimEnd().Split('\n'));
        Assert.Contains($"FAILED {_directory.Path("flipped")}: signature: ", one.Stdout, StringComparison.Ordinal);
        Assert.EndsWith("1 of 3 valid\nNOT VALID\n", one.Stdout, StringComparison.Ordinal);
        var report = JsonDocument.Parse(json.StdoutBytes).RootElement;
        Assert.Equal((false, 1, 2), (report.GetProperty("valid").GetBoolean(), report.GetProperty("validCount").GetInt32(), report.GetProperty("files").GetArrayLength()));
    }

    [Fact]
    public async Task Verify_OrchestratorsStatements_SayWhatTheySay()
    {
        var genesis = await VerifyAsync(Save("genesis", _task.Log.Transparent(_task.Log.Entries[0])), "--log-key", TestLog.NoteKey.ToString());
        var certificate = await VerifyAsync(Save("certificate", _task.Log.Transparent(_task.Certificate!.Value)));
        var replayed = await VerifyAsync(Save("certificate", _task.Log.Transparent(_task.Certificate!.Value)), "--replay");

        Assert.Contains($"it began the log {TestLog.Origin} under the policy vcp-log-policy-v1.\n", genesis.Stdout, StringComparison.Ordinal);
        Assert.Contains("Not checked: the position in the log: give --checkpoint.\n", genesis.Stdout, StringComparison.Ordinal);
        Assert.Contains($"2 nodes agreed on task {LoggedTask.Id}, of 2 asked, 2 needed: of owner", certificate.Stdout, StringComparison.Ordinal);
        Assert.EndsWith("Not checked: whose the orchestrator's key is: give --genesis or --orchestrator-key.\nVALID\n", certificate.Stdout, StringComparison.Ordinal);
        Assert.Equal((0, 0, 1), (genesis.ExitCode, certificate.ExitCode, replayed.ExitCode));
    }

    [Fact]
    public async Task Verify_NamesThatMoveTheCursor_AreShownWithout()
    {
        var id = _task.Log.Add(new OrchestratorPayload.Enrolment(TestLog.Key.PublicKey, "\u001b[2Jowner", "no\nde"));

        var run = await VerifyAsync(Save("enrolment", _task.Log.Transparent(id)));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("as no?de of ?[2Jowner.\n", run.Stdout, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--log-key", "nonsense")]
    [InlineData("--log-key", "witness")]
    [InlineData("--orchestrator-key", "nonsense")]
    [InlineData("--checkpoint", "not-there")]
    [InlineData("--genesis", "not-there")]
    public async Task Verify_WrongUse_Exits125(string option, string value)
    {
        var text = value == "witness" ? new Core.Log.NoteKey("w", TestLog.Key.PublicKey, Core.Log.NoteKeyType.Witness).ToString() : value;

        Assert.Equal(125, (await VerifyAsync(Proof(0), option, text)).ExitCode);
    }

    [Fact]
    public async Task KeysShow_ProofWithReceipt_ShowsItsKey()
    {
        Assert.Contains(Node(0), (await CliRun.OfAsync("keys", "show", Proof(0))).Stdout, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Dispose();

    private string[] Everything =>
    [
        "--log-key", _directory.Write("log.key", TestLog.NoteKey + "\n"),
        "--checkpoint", Save("checkpoint", _task.Log.Note()),
        "--genesis", Save("genesis", _task.Log.Transparent(_task.Log.Entries[0])),
        "--enrolment", Save("enrolment-2", _task.Log.Transparent(_task.Enrolments[1])),
        "--enrolment", Save("enrolment-1", _task.Log.Transparent(_task.Enrolments[0])),
        "--certificate", Save("certificate", _task.Log.Transparent(_task.Certificate!.Value)),
        "--orchestrator-key", TestLog.Orchestrator.PublicKey.ToString(),
    ];

    private string Node(int index) => _task.View.Proofs[index].Node;

    private string Proof(int index) => Save($"proof-{index}", _task.Log.Transparent(_task.Proofs[index]));

    private string Save(string name, byte[] bytes)
    {
        File.WriteAllBytes(_directory.Path(name), bytes);
        return _directory.Path(name);
    }

    private static Task<CliRun> VerifyAsync(string proof, params string[] options) => CliRun.OfAsync(["verify", proof, .. options]);
}
