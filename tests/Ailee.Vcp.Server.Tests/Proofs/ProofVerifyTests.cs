using System.Net;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Proofs;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Proofs;

/// <summary>POST /proofs/verify names the check that fails.</summary>
public sealed class ProofVerifyTests(ProofVerifyTests.Fixture fixture) : IClassFixture<ProofVerifyTests.Fixture>
{
    [Fact]
    public async Task Verify_AsItIs_Valid()
    {
        var byItself = await fixture.Client.VerifyAsync(fixture.Statement, default);
        var asJson = await fixture.Client.VerifyAsync(new VerifyRequest { Statement = fixture.Request.Statement }, default);
        var withEverything = await fixture.Client.VerifyAsync(fixture.Request, default);

        Assert.True(byItself.Valid);
        Assert.Equal(["well-formed", "trailing-bytes", "canonical", "structure", "kid", "signature", "execution-hash"], byItself.Checks.Select(check => check.Name));
        Assert.Equal(byItself.Checks, asJson.Checks);
        Assert.True(withEverything.Valid);
        Assert.Equal([.. byItself.Checks.Select(check => check.Name), "key", "module", "input", "output", "gas", "limits"], withEverything.Checks.Select(check => check.Name));
        Assert.All(withEverything.Checks, check => Assert.False(string.IsNullOrWhiteSpace(check.Detail)));
    }

    [Fact]
    public async Task Verify_WrongSignature_NamesSignature() => await FailsAsync("signature", [.. fixture.Statement[..^1], (byte)(fixture.Statement[^1] ^ 1)]);

    [Fact]
    public async Task Verify_ChangedInstructions_NamesSignature() =>
        await FailsAsync("signature", Forge(payload => payload with { Instructions = payload.Instructions - 1, Gas = payload.Gas - 1 }));

    [Fact]
    public async Task Verify_ChangedOutputDigest_NamesSignature() => await FailsAsync("signature", Forge(payload => payload with { Output = Digest.Of("other"u8) }));

    [Fact]
    public async Task Verify_ChangedOutcome_NamesExecutionHash() => await FailsAsync("execution-hash", Sign(payload => payload with { ExitCode = 1 }, rehash: false));

    [Fact]
    public async Task Verify_Truncated_NamesWellFormed()
    {
        for (var length = 0; length < fixture.Statement.Length; length++)
        {
            await FailsAsync("well-formed", fixture.Statement[..length]);
        }
    }

    [Fact]
    public async Task Verify_TrailingBytes_NamesThem() => await FailsAsync("trailing-bytes", [.. fixture.Statement, 0x00]);

    [Fact]
    public async Task Verify_NonCanonical_NamesCanonical()
    {
        // The tag 18 in two bytes instead of one: the same item, not in its shortest form.
        await FailsAsync("canonical", [0xd8, 0x12, .. fixture.Statement[1..]]);
    }

    [Fact]
    public async Task Verify_NotAStatement_NamesStructure()
    {
        await FailsAsync("structure", [0xa0]);
        await FailsAsync("structure", fixture.Statement[1..]);
    }

    [Fact]
    public async Task Verify_ForeignKey_NamesKey()
    {
        using var foreign = SigningKey.Create();

        var response = await fixture.Client.VerifyAsync(fixture.Request with { Key = foreign.PublicKey.ToString() }, default);

        AssertFails("key", response);
    }

    [Fact]
    public async Task Verify_SignedByAForeignKey_NamesKeyOnlyIfOneIsExpected()
    {
        using var foreign = SigningKey.Create();
        var statement = SignedStatement.Sign(foreign, fixture.Payload, 0, 1).Bytes;

        Assert.True((await fixture.Client.VerifyAsync(statement, default)).Valid);
        AssertFails("key", await fixture.Client.VerifyAsync(fixture.Request with { Statement = Convert.ToBase64String(statement.Span) }, default));
    }

    [Fact]
    public async Task Verify_ChangedInstructionsSignedAnew_NamesGas()
    {
        var request = fixture.Request with { Key = null, Statement = Convert.ToBase64String(Sign(payload => payload with { Instructions = payload.Instructions - 1 })) };

        AssertFails("gas", await fixture.Client.VerifyAsync(request, default));
    }

    [Fact]
    public async Task Verify_OtherEvidence_NamesIt()
    {
        var other = Convert.ToBase64String("other"u8);

        AssertFails("module", await fixture.Client.VerifyAsync(fixture.Request with { Module = other }, default));
        AssertFails("input", await fixture.Client.VerifyAsync(fixture.Request with { Invocation = other }, default));
        AssertFails("input", await fixture.Client.VerifyAsync(fixture.Request with { Stdin = other }, default));
        AssertFails("output", await fixture.Client.VerifyAsync(fixture.Request with { Output = other }, default));
        AssertFails("output", await fixture.Client.VerifyAsync(fixture.Request with { Stdout = other }, default));
        AssertFails("output", await fixture.Client.VerifyAsync(fixture.Request with { Stderr = other }, default));
        AssertFails("input", await fixture.Client.VerifyAsync(new VerifyRequest { Statement = fixture.Request.Statement, Stdin = other }, default));
    }

    [Theory]
    [InlineData("", "malformed-json")]
    [InlineData("{}", "malformed-json")]
    [InlineData("""{"statement":null}""", "malformed-json")]
    [InlineData("""{"statement":"","proof":""}""", "malformed-json")]
    [InlineData("""{"statement":"","statement":""}""", "malformed-json")]
    [InlineData("""{"statement":"*"}""", "malformed-request")]
    [InlineData("""{"statement":"YQ"}""", "malformed-request")]
    [InlineData("""{"statement":"","module":"*"}""", "malformed-request")]
    [InlineData("""{"statement":"","key":"short"}""", "malformed-request")]
    [InlineData("""{"statement":"","key":"~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~"}""", "malformed-request")]
    public async Task Verify_MalformedBody_Refused(string body, string code) => await fixture.Http.PostAsync("api/v1/proofs/verify", body, MediaTypes.Json).ProblemAsync(code);

    [Theory]
    [InlineData("application/cbor")]
    [InlineData("text/plain")]
    [InlineData(null)]
    public async Task Verify_OtherContentType_Unsupported(string? mediaType) =>
        await fixture.Http.PostAsync("api/v1/proofs/verify", fixture.Statement, mediaType).ProblemAsync("unsupported-media-type");

    [Fact]
    public async Task Verify_BodyOverTheLimit_BodyTooLarge()
    {
        const int Limit = 2 * (65536 + (2 * 65536) + 200_000 + 4096);

        await fixture.Http.PostAsync("api/v1/proofs/verify", new byte[Limit + 1], MediaTypes.Statement).ProblemAsync("body-too-large");
        var response = await fixture.Client.VerifyAsync(new byte[Limit], default);

        Assert.False(response.Valid);
    }

    [Fact]
    public async Task Verify_OutputThatNoRecordHas_BodyTooLarge()
    {
        await using var server = await RunningServer.StartAsync(new ServerSetup { Configuration = { ["Sandbox:ModuleBytes"] = "33554432" } });
        var request = new VerifyRequest { Statement = fixture.Request.Statement, Output = Convert.ToBase64String(new byte[(16 << 20) + 3]) };

        await Calls.RefusedAsync(HttpStatusCode.RequestEntityTooLarge, "body-too-large", () => server.Client.VerifyAsync(request, default));
    }

    private byte[] Sign(Func<StatementPayload, StatementPayload> change, bool rehash = true)
    {
        using var key = SigningKey.Create();
        var payload = change(fixture.Payload);
        return SignedStatement.Sign(key, rehash ? payload.WithExecutionHash() : payload, 0, 1).Bytes.ToArray();
    }

    /// <summary>The original's header and signature around another payload.</summary>
    private byte[] Forge(Func<StatementPayload, StatementPayload> change)
    {
        var original = SignedStatement.TryDecode(fixture.Statement, out _)!.Envelope;
        var forged = SignedStatement.TryDecode(Sign(change), out _)!.Envelope;
        return (original with { Payload = forged.Payload }).Encode();
    }

    private async Task FailsAsync(string check, byte[] statement)
    {
        AssertFails(check, await fixture.Client.VerifyAsync(statement, default));
        AssertFails(check, await fixture.Client.VerifyAsync(new VerifyRequest { Statement = Convert.ToBase64String(statement) }, default));
    }

    private static void AssertFails(string check, VerifyResponse response)
    {
        Assert.False(response.Valid);
        Assert.Equal(check, response.Checks.First(candidate => !candidate.Ok).Name);
    }

    /// <summary>A statement from the API with everything that belongs to it.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private readonly ServerFixture _server = new();

        public VcpClient Client => _server.Client;

        public HttpClient Http => _server.Http;

        public byte[] Statement { get; private set; } = [];

        public VerifyRequest Request { get; private set; } = new() { Statement = string.Empty };

        public StatementPayload Payload => SignedStatement.TryDecode(Statement, out _)!.Payload;

        public async ValueTask InitializeAsync()
        {
            await _server.InitializeAsync();
            var module = await Client.UploadAsync(Guests.Show);
            var task = await Client.RunAsync(Calls.Command(module, "a") with { Input = new TaskInput { Text = "stdin" } });
            var id = TaskId.Parse(task.Id);
            Statement = await Client.GetBareStatementAsync(Digest.Parse(task.Proofs[0].Id));
            Request = new VerifyRequest
            {
                Statement = Convert.ToBase64String(Statement),
                Key = (await Client.ListNodesAsync(default)).Items[0].PublicKey,
                Module = Convert.ToBase64String(await Client.GetModuleContentAsync(module, default)),
                Invocation = Convert.ToBase64String(await Client.GetInvocationAsync(id, default)),
                Stdin = Convert.ToBase64String("stdin"u8),
                Output = Convert.ToBase64String(await Client.GetOutputRecordAsync(id, default)),
                Stdout = Convert.ToBase64String(await Client.GetStdoutAsync(id, default)),
                Stderr = string.Empty,
            };
        }

        public ValueTask DisposeAsync() => _server.DisposeAsync();
    }
}
