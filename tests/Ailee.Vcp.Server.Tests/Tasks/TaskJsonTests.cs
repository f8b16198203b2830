using System.Text;
using Ailee.Vcp.Client;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Tasks;

/// <summary>Bodies that are not the JSON that the call takes.</summary>
public sealed class TaskJsonTests(TaskJsonTests.Fixture fixture) : IClassFixture<TaskJsonTests.Fixture>
{
    private const string Module = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("{} {}")]
    [InlineData("""{"module":null}""")]
    [InlineData("""{"module":7}""")]
    [InlineData("""{"Module":"x"}""")]
    [InlineData("""{"module":"x",}""")]
    [InlineData("""{"module":"x" /* comment */}""")]
    [InlineData("""{"module":"x","module":"x"}""")]
    [InlineData("""{"module":"x","colour":"red"}""")]
    [InlineData("""{"module":"x","replicas":3}""")]
    [InlineData("""{"module":"x","limits":{"memory":3}}""")]
    [InlineData("""{"module":"x","limits":{"timeoutMs":"5"}}""")]
    [InlineData("""{"module":"x","limits":{"timeoutMs":5.5}}""")]
    [InlineData("""{"module":"x","limits":{"timeoutMs":2147483648}}""")]
    [InlineData("""{"module":"x","limits":{"instructions":9223372036854775808}}""")]
    [InlineData("""{"module":"x","input":"text"}""")]
    [InlineData("""{"module":"x","input":{"text":7}}""")]
    [InlineData("""{"module":"x","args":"one"}""")]
    [InlineData("""{"module":"x","env":{"A":7}}""")]
    [InlineData("""{"module":"x","env":{"A":"1","A":"2"}}""")]
    [InlineData("""{"module":"x","clock":"yesterday"}""")]
    [InlineData("""{"module":"x","clock":"2000-01-01"}""")]
    [InlineData("""{"module":"x","clock":"2000-01-01T00:00:00"}""")]
    [InlineData("""{"module":"x","clock":946684800}""")]
    [InlineData("""{"module":"x","seed":7}""")]
    [InlineData("""{"module":"\ud800"}""")]
    public async Task Submit_OtherThanTheContract_MalformedJson(string body)
    {
        await fixture.Server.Http.PostAsync("api/v1/tasks", body, MediaTypes.Json).ProblemAsync("malformed-json");
        await fixture.Development.Http.PostAsync("api/v1/tasks", body, MediaTypes.Json).ProblemAsync("malformed-json");
    }

    [Fact]
    public async Task Submit_UnknownMember_NamedInTheAnswer()
    {
        var problem = await fixture.Http.PostAsync("api/v1/tasks", """{"module":"x","limits":{"memory":3}}""", MediaTypes.Json).ProblemAsync("malformed-json");

        Assert.Contains("limits.memory", problem.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("Ailee", problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"module":"MODULE","args":["\ud800"]}""")]
    [InlineData("""{"module":"MODULE","args":["\udc00x"]}""")]
    [InlineData("""{"module":"MODULE","args":[null]}""")]
    [InlineData("""{"module":"MODULE","args":[["a"]]}""")]
    [InlineData("""{"module":"MODULE","env":{"A":"\ud800"}}""")]
    [InlineData("""{"module":"MODULE","env":{"\ud800":"A"}}""")]
    [InlineData("""{"module":"MODULE","env":{"A":null}}""")]
    [InlineData("""{"module":"MODULE","input":{"text":"\ud800"}}""")]
    [InlineData("""{"module":"MODULE","entrypoint":"\ud800"}""")]
    [InlineData("""{"module":"MODULE","seed":"\ud800"}""")]
    [InlineData("""{"module":"LIBRARY","entrypoint":"add","args":["\ud800",1]}""")]
    public async Task Submit_TextThatIsNone_RefusedInWords(string body)
    {
        body = body
            .Replace("MODULE", (await fixture.Client.UploadAsync(Guests.Show)).ToString(), StringComparison.Ordinal)
            .Replace("LIBRARY", (await fixture.Client.UploadAsync(Guests.Math)).ToString(), StringComparison.Ordinal);

        using var response = await fixture.Http.PostAsync("api/v1/tasks", body, MediaTypes.Json);

        var text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode is 400 or 422, $"{(int)response.StatusCode}: {text}");
        Assert.Equal(MediaTypes.Problem, response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Submit_BytesThatAreNotUtf8_RefusedInWords()
    {
        var module = await fixture.Client.UploadAsync(Guests.Show);
        byte[] body = [.. Encoding.ASCII.GetBytes($$"""{"module":"{{module}}","args":["""), (byte)'"', 0xff, .. "\"]}"u8];

        using var response = await fixture.Http.PostAsync("api/v1/tasks", body, MediaTypes.Json);

        Assert.True((int)response.StatusCode is 400 or 422, $"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/cbor")]
    [InlineData("nonsense")]
    [InlineData(null)]
    public async Task Submit_OtherContentType_Unsupported(string? mediaType) =>
        await fixture.Http.PostAsync("api/v1/tasks", Encoding.ASCII.GetBytes($$"""{"module":"{{Module}}"}"""), mediaType).ProblemAsync("unsupported-media-type");

    [Fact]
    public async Task Submit_BodyOverTheLimit_BodyTooLarge()
    {
        // Twice the input, for base64 and escapes, and 64 KiB.
        const int Limit = (65536 * 2) + 65536;
        var body = Encoding.ASCII.GetBytes($$"""{"module":"{{Module}}"}""".PadRight(Limit));

        await fixture.Http.PostAsync("api/v1/tasks", body, MediaTypes.Json).ProblemAsync("module-not-found");
        await fixture.Http.PostAsync("api/v1/tasks", [.. body, (byte)' '], MediaTypes.Json).ProblemAsync("body-too-large");
    }

    /// <summary>A server in each environment: in Development ASP.NET Core would rather throw.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private RunningServer? _server;
        private RunningServer? _development;

        public VcpClient Client => Server.Client;

        public HttpClient Http => Server.Http;

        internal RunningServer Server => _server!;

        internal RunningServer Development => _development!;

        public async ValueTask InitializeAsync()
        {
            _server = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false });
            _development = await RunningServer.StartAsync(new ServerSetup { NodeWorks = false, Configuration = { ["environment"] = "Development" } });
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            await Development.DisposeAsync();
        }
    }
}
