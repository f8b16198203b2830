using System.Text.Json;
using Ailee.Vcp.Client.Bundles;
using Ailee.Vcp.Client.Log;
using Ailee.Vcp.Client.Modules;
using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.Client.Proofs;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Client.Traces;

namespace Ailee.Vcp.Client.Tests;

/// <summary>One of each thing on the wire, with every member set.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Time = new(2030, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    public static readonly ModuleView Module = new(
        "sha256:00",
        7,
        "command",
        [new ImportView("wasi", "fd_write", "function", ["i32"], ["i32"])],
        [new ExportView("memory", "memory", null, null), new ExportView("global", "global", null, null, "mut i32")],
        2,
        Time)
    {
        Memories = [new MemoryView(2, 3)],
        Tables = [new TableView("funcref", 1, null)],
        CustomSections = [new CustomSectionView("name", 4)],
        FunctionCount = 5,
        HasStart = true,
    };

    public static readonly BundleView Bundle = new("sha256:06", 1, 2, 3, Time);

    public static readonly BundleListing Listing = new("sha256:06", 1, 2, 3, Time, [new BundleItem("a", "file", 3, null), new BundleItem("b", "symlink", null, "a")], "b");

    public static readonly TaskRequest Request = new()
    {
        Module = "sha256:00",
        Entrypoint = "add",
        Args = [JsonSerializer.SerializeToElement(1), JsonSerializer.SerializeToElement("2")],
        Env = new Dictionary<string, string> { ["A"] = "B" },
        Input = new TaskInput { Text = "in" },
        Seed = "00",
        Clock = Time,
        Bundle = "sha256:06",
        Outputs = ["out/*"],
        Limits = new TaskLimits { MemoryBytes = 1, TimeoutMs = 2, Instructions = 3, ScratchBytes = 4 },
        Assurance = new TaskAssurance { Mode = "repeat", Runs = 3 },
    };

    public static readonly TraceEntry Call = new(1, null, new TraceCall(2, "fd_write", ["1", "18446744073709551615"], 0, "sha256:06", 7), null);

    public static readonly TraceEntry Start = new(0, new TraceStart("p", "m", "run", "i"), null, null);

    public static readonly TraceEntry Finish = new(3, null, null, new TraceFinish("completed", 0, "o", 9, 1));

    public static readonly TaskDivergence Divergence = new([new DivergentRun(1, "completed", 0, "o", 9, "t")], "end", 1, 2, Call, Finish);

    public static readonly TraceLeafView Leaf = new("id", "gA==", "sha256:07", new Traces.InclusionView(1, 3, ["sha256:08"]), "sha256:09", [Start, Call]);

    public static readonly OutputProofView OutputProof = new()
    {
        Proof = "sha256:05",
        Record = [0x85],
        Blob = new OutputBlobView { Stream = "stdout", SizeBytes = 3, Root = "sha256:09" },
        Offset = 1,
        SizeBytes = 2,
        Chunks = [new OutputChunkView { Index = 0, Bytes = [1, 2, 3], Path = ["sha256:08"] }],
    };

    public static readonly ComputeTask Task = new()
    {
        Id = "id",
        State = TaskStates.Failed,
        Module = "sha256:00",
        Entrypoint = "add",
        SubmittedAt = Time,
        CompletedAt = Time,
        Assurance = new AssuranceView("repeat", 3),
        Result = new TaskResult(
            "trapped",
            3,
            new TaskOutput("text", null, 4, "sha256:01"),
            new TaskOutput(null, "AA==", 1, "sha256:02"),
            [new ResultValue("i64", JsonSerializer.SerializeToElement("-1")), new ResultValue("i32", JsonSerializer.SerializeToElement(-1))],
            "unreachable")
        {
            Files = [new TaskFile("out/a", 5, "sha256:07")],
            FileCount = 1,
        },
        Bundle = "sha256:06",
        Hash = "sha3-256",
        Metrics = new TaskMetrics(1, 2, 3, 4.5, true),
        Proofs = [new TaskProof("sha256:03", "node", "sha256:04")],
        Attempts = [new TaskAttempt(1, "node", "lost", "restart", Time, Time)],
        Failure = new TaskFailure("timeout", "late", Divergence),
    };

    public static readonly ProofView Proof = new()
    {
        Id = "sha256:05",
        Kind = "execution",
        Task = "id",
        Node = "node",
        IssuedAt = Time,
        Counter = "18446744073709551615",
        PublicKey = "key",
        Payload = new ProofPayload("sha3-256", "nonce", "p", "m", "add", "i", "completed", 0, "o", "t", 2, 3, 4, 5, "e"),
        Statement = "0g==",
    };

    public static readonly VerifyRequest Verify = new() { Statement = "a", Key = "b", Module = "c", Invocation = "d", Stdin = "e", Output = "f", Stdout = "g", Stderr = "h" };

    public static readonly VerifyResponse Verified = new(false, [new CheckView("signature", false, "not by it")]);

    public static readonly NodeView Node = new()
    {
        Id = "id",
        Name = "name",
        Owner = "owner",
        PublicKey = "key",
        State = "online",
        Health = new HealthView(0.5, []),
        Reputation = 0.5,
        EnrolledAt = Time,
    };

    public static readonly LogEntryView Entry = new(7, "sha256:05", "execution", "id", "node", "sha256:00", Time);

    public static readonly Log.InclusionView Inclusion = new(7, "sha256:05", "sha256:06", 9, "sha256:07", ["sha256:08"]);

    public static readonly ConsistencyView Consistency = new(7, 9, "sha256:06", "sha256:07", ["sha256:08"]);

    public static readonly StatsView Stats = new(
        new Dictionary<string, long> { ["completed"] = 1 },
        new Dictionary<string, long> { ["trapped"] = 2 },
        3,
        4,
        5,
        6,
        new ModuleCacheView(1, 2, 3, 4, 5, 6),
        Time)
    {
        Bundles = 7,
        BundleCache = new BundleCacheView(1, 2, 3, 4),
    };

    public static readonly ProblemView Problem = new("urn:x", "title", 404, "detail", "task-not-found");
}
