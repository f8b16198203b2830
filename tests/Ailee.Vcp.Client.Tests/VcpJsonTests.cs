using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Ailee.Vcp.Client.Tasks;

namespace Ailee.Vcp.Client.Tests;

public sealed class VcpJsonTests
{
    public static TheoryData<object> Everything { get; } =
    [
        Samples.Module,
        new Page<Modules.ModuleView>([Samples.Module, Samples.Module], "next"),
        Samples.Bundle,
        new Page<Bundles.BundleView>([Samples.Bundle], "next"),
        Samples.Listing,
        new Page<TaskFile>([new TaskFile("a", 1, "sha256:00")], null),
        Samples.Request,
        Samples.Task,
        new Page<ComputeTask>([Samples.Task], null),
        Samples.Divergence,
        Samples.Leaf,
        Samples.OutputProof,
        Samples.OutputProof with { Blob = new OutputBlobView { File = "out/a", SizeBytes = 0, Root = "sha256:09" }, Chunks = [] },
        new Page<Traces.TraceEntry>([Samples.Start, Samples.Call, Samples.Finish], "next"),
        Samples.Proof,
        new Page<Proofs.ProofView>([], null),
        Samples.Verify,
        Samples.Verified,
        Samples.Node,
        new Page<Nodes.NodeView>([Samples.Node], null),
        Samples.Entry,
        new Page<Log.LogEntryView>([Samples.Entry], "next"),
        Samples.Inclusion,
        Samples.Consistency,
        new Log.PresentedView(9, true),
        Samples.Ledger,
        new Page<Ledger.AccountView>([new Ledger.AccountView("treasury", -1)], "treasury"),
        new Ledger.AccountStatement("treasury", 1, [Samples.Line], "7"),
        new Ledger.NodeRewards("node", "node:node", 1, [new Ledger.AccountTotal("reward", 1, 2)], [Samples.Line], null),
        Samples.Stats,
        Samples.Problem,
    ];

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(Everything))]
    public void RoundTrip_EveryType_SameText(object value)
    {
        var type = VcpJson.Default.GetTypeInfo(value.GetType())!;
        var text = JsonSerializer.Serialize(value, type);

        var again = JsonSerializer.Serialize(JsonSerializer.Deserialize(text, type), type);

        Assert.Equal(text, again);
        Assert.DoesNotContain("null", text, StringComparison.Ordinal);
        Assert.DoesNotMatch("\"[A-Z][a-z]+\":", text.Replace("\"A\":", string.Empty, StringComparison.Ordinal));
    }

    [Fact]
    public void Serialize_Request_EveryMemberUnderItsName()
    {
        var text = JsonSerializer.Serialize(Samples.Request, VcpJson.Default.TaskRequest);

        Assert.Equal(
            """{"module":"sha256:00","entrypoint":"add","args":[1,"2"],"env":{"A":"B"},"input":{"text":"in"},"bundle":"sha256:06","outputs":["out/*"],"seed":"00","clock":"2030-01-02T03:04:05.678+00:00","limits":{"memoryBytes":1,"timeoutMs":2,"instructions":3,"scratchBytes":4},"assurance":{"mode":"repeat","runs":3}}""",
            text);
    }

    [Fact]
    public void Serialize_OutputProof_EveryMemberUnderItsName() => Assert.Equal(
        """{"proof":"sha256:05","record":"hQ==","blob":{"stream":"stdout","sizeBytes":3,"root":"sha256:09"},"offset":1,"sizeBytes":2,"chunks":[{"index":0,"base64":"AQID","path":["sha256:08"]}]}""",
        JsonSerializer.Serialize(Samples.OutputProof, VcpJson.Default.OutputProofView));

    [Fact]
    public void Serialize_Minimum_NothingElse() =>
        Assert.Equal("""{"module":"m"}""", JsonSerializer.Serialize(new TaskRequest { Module = "m" }, VcpJson.Default.TaskRequest));

    [Theory]
    [InlineData("""{"module":"m","unknown":1}""")]
    [InlineData("""{"Module":"m"}""")]
    [InlineData("""{"module":"m","module":"m"}""")]
    [InlineData("""{"module":"m","env":{"A":"1","A":"1"}}""")]
    [InlineData("""{}""")]
    [InlineData("""{"module":null}""")]
    [InlineData("""{"module":1}""")]
    [InlineData("""{"module":"m",}""")]
    [InlineData("""{"module":"m"}x""")]
    [InlineData("""// comment""")]
    [InlineData("""{"module":"m","limits":{"instructions":"1"}}""")]
    [InlineData("""{"module":"m","limits":{"instructions":1e3.5}}""")]
    [InlineData("""{"module":"m","limits":{"Instructions":1}}""")]
    [InlineData("""{"module":"m","args":{}}""")]
    [InlineData("""{"module":"m","args":[1""")]
    [InlineData("""{"module":"m","clock":"2030-01-02"}""")]
    [InlineData("""{"module":"m","clock":"2030-01-02T03:04:05"}""")]
    [InlineData("""{"module":"m","clock":"2030-01-02T03:04:05+1"}""")]
    [InlineData("""{"module":"m","clock":"2030-13-02T03:04:05Z"}""")]
    [InlineData("""{"module":"m","clock":0}""")]
    public void Deserialize_OtherThanTheContract_Refused(string text) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(text, VcpJson.Default.TaskRequest));

    [Theory]
    [InlineData("2030-01-02T03:04:05Z", "2030-01-02T03:04:05+00:00")]
    [InlineData("2030-01-02T03:04:05.5Z", "2030-01-02T03:04:05.5+00:00")]
    [InlineData("2030-01-02T05:04:05+02:00", "2030-01-02T05:04:05+02:00")]
    [InlineData("2030-01-01T22:04:05-05:00", "2030-01-01T22:04:05-05:00")]
    public void Deserialize_Clock_TheTimeThatIsMeant(string text, string same)
    {
        var request = JsonSerializer.Deserialize($$"""{"module":"m","clock":"{{text}}"}""", VcpJson.Default.TaskRequest)!;

        Assert.Equal(DateTimeOffset.Parse(same, System.Globalization.CultureInfo.InvariantCulture), request.Clock);
        Assert.Equal(DateTimeOffset.Parse(same, System.Globalization.CultureInfo.InvariantCulture).Offset, request.Clock!.Value.Offset);
    }

    [Fact]
    public void Deserialize_Arguments_BoundedInNumber()
    {
        var most = $$"""{"module":"m","args":[{{string.Join(',', Enumerable.Repeat("1", 16_384))}}]}""";

        Assert.Equal(16_384, JsonSerializer.Deserialize(most, VcpJson.Default.TaskRequest)!.Args!.Count);
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(most.Replace("[1,", "[1,1,", StringComparison.Ordinal), VcpJson.Default.TaskRequest));
    }

    [Fact]
    public void Options_Context_AreThoseOfTheContract()
    {
        var options = VcpJson.Default.Options;

        Assert.False(options.AllowDuplicateProperties);
        Assert.False(options.PropertyNameCaseInsensitive);
        Assert.Same(JsonNamingPolicy.CamelCase, options.PropertyNamingPolicy);
        Assert.NotNull(((IJsonTypeInfoResolver)VcpJson.Default).GetTypeInfo(typeof(ProblemView), options));
    }
}
