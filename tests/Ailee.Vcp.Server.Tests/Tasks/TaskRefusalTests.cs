using System.Net;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Tasks;

public sealed class TaskRefusalTests(IdleServerFixture fixture) : IClassFixture<IdleServerFixture>
{
    [Theory]
    [InlineData("")]
    [InlineData("sha256:")]
    [InlineData("sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task Submit_UnknownModule_NotFound(string module) =>
        await Calls.RefusedAsync(HttpStatusCode.NotFound, "module-not-found", () => fixture.Client.RunAsync(new TaskRequest { Module = module }));

    [Theory]
    [InlineData("subtract", "entrypoint-missing")]
    [InlineData("", "entrypoint-missing")]
    [InlineData(null, "entrypoint-missing")]
    [InlineData("memory", "entrypoint-missing")]
    [InlineData("vcp:memory", "entrypoint-missing")]
    [InlineData("vector", "entrypoint-type")]
    [InlineData("reference", "entrypoint-type")]
    [InlineData("a2345678901234567890123456789012345678901234567890123456789012345", "entrypoint-type")]
    [InlineData("a234567890123456789012345678901234567890123456789012345678901234", null)]
    public async Task Submit_Entrypoint_MustBeACallableFunction(string? entrypoint, string? code)
    {
        const string Wat = """
            (module
              (memory (export "memory") 1)
              (func (export "vector") (param v128))
              (func (export "reference") (result funcref) (ref.null func))
              (func (export "a234567890123456789012345678901234567890123456789012345678901234"))
              (func (export "a2345678901234567890123456789012345678901234567890123456789012345")))
            """;
        var request = new TaskRequest { Module = (await fixture.Client.UploadAsync(Wat)).ToString(), Entrypoint = entrypoint };

        await SubmitAsync(request, code);
    }

    [Fact]
    public async Task Submit_EntrypointMissing_NamesWhatThereIs()
    {
        var module = await fixture.Client.UploadAsync(Guests.Math);

        var problem = await SubmitAsync(Calls.Function(module, "subtract"), "entrypoint-missing");

        Assert.Contains("add, add64", problem!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_StartWithParameters_EntrypointType()
    {
        var module = await fixture.Client.UploadAsync("""(module (func (export "_start") (param i32)))""");

        await SubmitAsync(Calls.Command(module), "entrypoint-type");
    }

    [Theory]
    [InlineData("add", new object[] { 1 })]
    [InlineData("add", new object[] { 1, 2, 3 })]
    [InlineData("add", new object[] { 1, 4294967296 })]
    [InlineData("add", new object[] { 1, -2147483649 })]
    [InlineData("add", new object[] { 1, 1.5 })]
    [InlineData("add", new object[] { 1, "two" })]
    [InlineData("add", new object[] { 1, "" })]
    [InlineData("add", new object[] { 1, true })]
    [InlineData("add", new object?[] { 1, null })]
    [InlineData("add64", new object[] { 1, 2 })]
    [InlineData("add64", new object[] { "1", "18446744073709551616" })]
    [InlineData("half", new object[] { 1.5 })]
    [InlineData("half", new object[] { "one" })]
    [InlineData("half", new object[] { "1e999" })]
    [InlineData("nothing", new object[] { 1 })]
    public async Task Submit_ArgumentsThatDoNotFit_Refused(string entrypoint, object?[] arguments)
    {
        var module = await fixture.Client.UploadAsync(Guests.Math);

        await SubmitAsync(Calls.Function(module, entrypoint, arguments!), "arguments-invalid");
    }

    [Theory]
    [InlineData("A=B", "x")]
    [InlineData("", "x")]
    [InlineData("A\0", "x")]
    [InlineData("A", "x\0y")]
    public async Task Submit_VariableThatNoProgramCanHave_Refused(string name, string value)
    {
        var module = await fixture.Client.UploadAsync(Guests.Show);

        await SubmitAsync(Calls.Command(module) with { Env = new Dictionary<string, string> { [name] = value } }, "arguments-invalid");
        var function = Calls.Function(await fixture.Client.UploadAsync(Guests.Math), "add", 1, 2);
        await SubmitAsync(function with { Env = new Dictionary<string, string> { [name] = value } }, "arguments-invalid");
    }

    [Fact]
    public async Task Submit_CommandArgumentsThatAreNoText_Refused()
    {
        var module = await fixture.Client.UploadAsync(Guests.Show);

        await SubmitAsync(Calls.Command(module, 7), "arguments-invalid");
        await SubmitAsync(Calls.Command(module, "a\0b"), "arguments-invalid");
    }

    [Theory]
    [InlineData("00")]
    [InlineData("zz00000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("00000000000000000000000000000000000000000000000000000000000000000")]
    public async Task Submit_MalformedSeed_Refused(string seed) =>
        await SubmitAsync(await CommandAsync() with { Seed = seed }, "input-invalid");

    [Fact]
    public async Task Submit_ClockOutsideTheGuests_Refused()
    {
        await SubmitAsync(await CommandAsync() with { Clock = DateTimeOffset.UnixEpoch.AddTicks(-1) }, "input-invalid");
        await SubmitAsync(await CommandAsync() with { Clock = new DateTimeOffset(2554, 7, 22, 0, 0, 0, TimeSpan.Zero) }, "input-invalid");
        await SubmitAsync(await CommandAsync() with { Clock = new DateTimeOffset(2554, 7, 21, 0, 0, 0, TimeSpan.Zero) }, null);
        await SubmitAsync(await CommandAsync() with { Clock = DateTimeOffset.UnixEpoch }, null);
    }

    [Fact]
    public async Task Submit_InputThatIsNotOneOfTwo_Refused()
    {
        var request = await CommandAsync();

        await SubmitAsync(request with { Input = new TaskInput() }, "input-invalid");
        await SubmitAsync(request with { Input = new TaskInput { Text = "a", Base64 = "YQ==" } }, "input-invalid");
        await SubmitAsync(request with { Input = new TaskInput { Base64 = "YQ" } }, "input-invalid");
        await SubmitAsync(request with { Input = new TaskInput { Text = string.Empty } }, null);
    }

    [Fact]
    public async Task Submit_InputOverTheLimit_TooLarge()
    {
        var request = await CommandAsync();

        await SubmitAsync(request with { Input = new TaskInput { Text = new string('a', 65537) } }, "input-too-large");
        await SubmitAsync(request with { Args = Calls.Arguments(new string('a', 65536)) }, "input-too-large");
        await SubmitAsync(request with { Input = new TaskInput { Text = new string('a', 60000) }, Env = new Dictionary<string, string> { ["A"] = new string('b', 5536) } }, "input-too-large");
        await SubmitAsync(request with { Input = new TaskInput { Text = new string('a', 65536) } }, null);
    }

    [Theory]
    [InlineData(16777217L, null, null, "limit-too-high")]
    [InlineData(null, 60001, null, "limit-too-high")]
    [InlineData(null, null, 1000000000001L, "limit-too-high")]
    [InlineData(0L, null, null, "limit-too-low")]
    [InlineData(-1L, null, null, "limit-too-low")]
    [InlineData(null, 0, null, "limit-too-low")]
    [InlineData(null, -5, null, "limit-too-low")]
    [InlineData(null, null, 0L, "limit-too-low")]
    [InlineData(null, null, long.MinValue, "limit-too-low")]
    [InlineData(524287L, null, null, "limit-too-low")]
    [InlineData(524288L, 1, 1L, null)]
    [InlineData(16777216L, 60000, 1000000000000L, null)]
    public async Task Submit_Limits_OnlyLowerThanTheServers(long? memoryBytes, int? timeoutMs, long? instructions, string? code) =>
        await SubmitAsync(await CommandAsync() with { Limits = new TaskLimits { MemoryBytes = memoryBytes, TimeoutMs = timeoutMs, Instructions = instructions } }, code);

    private async Task<TaskRequest> CommandAsync() => Calls.Command(await fixture.Client.UploadAsync(Guests.Show));

    private async Task<VcpApiException?> SubmitAsync(TaskRequest request, string? code)
    {
        if (code is not null)
        {
            return await Calls.RefusedAsync(HttpStatusCode.UnprocessableEntity, code, () => fixture.Client.SubmitTaskAsync(request, null, null, default));
        }

        var task = await fixture.Client.SubmitTaskAsync(request, null, null, default);
        await fixture.Client.CancelTaskAsync(TaskId.Parse(task.Id), default);
        return null;
    }
}
