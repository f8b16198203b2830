using System.Net;
using System.Text.Json;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Log;

namespace Ailee.Vcp.Client.Tests;

/// <summary>What the client makes of answers.</summary>
public sealed class VcpClientResponseTests : IDisposable
{
    private readonly StubServer _server = new();

    [Fact]
    public async Task Answer_Json_Read()
    {
        _server.Body = JsonSerializer.Serialize(Samples.Stats, VcpJson.Default.StatsView);

        var stats = await _server.Client().GetStatsAsync(default);

        Assert.Equivalent(Samples.Stats, stats, strict: true);
    }

    [Fact]
    public async Task Answer_Bytes_AsTheyAre()
    {
        (_server.Body, _server.MediaType) = ("bytes", MediaTypes.Wasm);

        Assert.Equal("bytes"u8.ToArray(), await _server.Client().GetModuleContentAsync(Digest.Of([]), default));
    }

    [Fact]
    public async Task Answer_LogKey_Read()
    {
        using var key = SigningKey.Create();
        var expected = new NoteKey("a.log", key.PublicKey, NoteKeyType.Log);
        (_server.Body, _server.MediaType) = ($"{expected}\n", MediaTypes.Text);

        Assert.Equal(expected, await _server.Client().GetLogKeyAsync(default));

        _server.Body = "a.log+00000000+AAAA";
        await Assert.ThrowsAsync<FormatException>(() => _server.Client().GetLogKeyAsync(default));
    }

    [Fact]
    public async Task Answer_NoContent_Fine()
    {
        (_server.Status, _server.Body) = (HttpStatusCode.NoContent, string.Empty);

        await _server.Client().DeleteModuleAsync(Digest.Of([]), default);
    }

    [Fact]
    public async Task Refused_Problem_StatusCodeAndDetail()
    {
        var exception = await RefusedAsync(HttpStatusCode.NotFound, """{"type":"urn:vcp:problem:x","title":"Title","status":404,"detail":"Detail.","code":"task-not-found"}""");

        Assert.Equal((HttpStatusCode.NotFound, "task-not-found", "Detail."), (exception.Status, exception.Code, exception.Detail));
        Assert.Equal("Detail. (task-not-found)", exception.Message);
    }

    [Theory]
    [InlineData("""{"title":"Title","status":503,"code":"queue-full"}""", "queue-full", "Title")]
    [InlineData("""{"status":503,"code":"queue-full","extension":{"of":"another server"}}""", "queue-full", "The server refused.")]
    [InlineData("""{"status":503,"detail":"Detail."}""", "unknown", "Detail.")]
    [InlineData("{}", "unknown", "The server refused.")]
    [InlineData("null", "unknown", "The server refused.")]
    [InlineData("<html>", "unknown", "The server answered 503.")]
    [InlineData("", "unknown", "The server answered 503.")]
    public async Task Refused_ProblemOfAnotherShape_WhatThereIs(string body, string code, string detail)
    {
        var exception = await RefusedAsync(HttpStatusCode.ServiceUnavailable, body);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, code, detail), (exception.Status, exception.Code, exception.Detail));
    }

    [Theory]
    [InlineData(HttpStatusCode.BadGateway, "text/html", "<html>Bad gateway</html>")]
    [InlineData(HttpStatusCode.NotFound, "application/json", """{"code":"of another server"}""")]
    [InlineData(HttpStatusCode.Found, "text/plain", "")]
    public async Task Refused_NoProblem_UnknownWithTheStatus(HttpStatusCode status, string mediaType, string body)
    {
        var exception = await RefusedAsync(status, body, mediaType);

        Assert.Equal((status, "unknown"), (exception.Status, exception.Code));
        Assert.Contains($"{(int)status}", exception.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("html", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirected_Answer_NamesThePlace()
    {
        _server.Location = new Uri("http://elsewhere.test/api");

        Assert.Contains("sends to http://elsewhere.test/api", (await RefusedAsync(HttpStatusCode.TemporaryRedirect, string.Empty)).Detail, StringComparison.Ordinal);
        // Of any other status it is not what the answer is about.
        Assert.Equal("The server refused.", (await RefusedAsync(HttpStatusCode.Conflict, "{}")).Detail);
    }

    [Theory]
    [InlineData("""{"from":1,"to":2,"fromRoot":"x","toRoot":"y"}""")]
    [InlineData("""{"from":1,"to":2,"fromRoot":"x","toRoot":"y","path":null}""")]
    [InlineData("""{"from":1,"to":2,"fromRoot":"x","toRoot":"y","path":[null]}""")]
    [InlineData("""{"from":1,"to":2,"fromRoot":null,"toRoot":"y","path":[]}""")]
    [InlineData("""{"to":2,"fromRoot":"x","toRoot":"y","path":[]}""")]
    [InlineData("null")]
    [InlineData("")]
    public async Task Answer_WithoutWhatTheContractHas_JsonException(string body)
    {
        _server.Body = body;

        await Assert.ThrowsAsync<JsonException>(() => _server.Client().GetConsistencyAsync(1, 2, default));
    }

    [Theory]
    [InlineData("""{"items":[{"index":1,"digest":"d","kind":"k","loggedAt":"2030-01-02T03:04:05Z"}]}""")]
    [InlineData("""{"items":[{"index":1,"digest":"d","kind":"k","loggedAt":"2030-01-02T03:04:05Z","later":[null]}],"next":null}""")]
    public async Task Answer_WithoutWhatMayBeAbsent_Read(string body)
    {
        _server.Body = body;

        Assert.Equal("d", Assert.Single((await _server.Client().FindEntriesAsync(new Log.LogEntryQuery(), default)).Items).Digest);
    }

    [Theory(DisableDiscoveryEnumeration = true)]
    [MemberData(nameof(VcpJsonTests.Everything), MemberType = typeof(VcpJsonTests))]
    public void Answer_EveryTypeAsItIsWritten_Read(object value)
    {
        var type = VcpJson.Default.GetTypeInfo(value.GetType())!;
        var written = JsonSerializer.SerializeToUtf8Bytes(value, type);

        var read = JsonSerializer.Deserialize(written, AnswerJson.Options.GetTypeInfo(value.GetType()));

        Assert.Equal(written, JsonSerializer.SerializeToUtf8Bytes(read, type));
    }

    [Fact]
    public async Task Answer_LongerThanTheOwnerWants_JsonException()
    {
        using var http = new HttpClient(_server, disposeHandler: false) { BaseAddress = new Uri("http://vcp.test/"), MaxResponseContentBufferSize = 9 };
        _server.Body = "0123456789";

        var exception = await Assert.ThrowsAsync<JsonException>(() => new VcpClient(http).GetCheckpointAsync(default));

        Assert.Equal("It is longer than 9 bytes.", exception.Message);
    }

    [Fact]
    public async Task Unreachable_Server_HttpRequestException()
    {
        _server.Failure = new HttpRequestException("refused");

        var exception = await Assert.ThrowsAsync<HttpRequestException>(() => _server.Client().GetStatsAsync(default));

        Assert.Same(_server.Failure, exception);
    }

    [Fact]
    public async Task Cancelled_Call_Ends()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _server.Client().GetStatsAsync(cancelled.Token));
    }

    public void Dispose() => _server.Dispose();

    private async Task<VcpApiException> RefusedAsync(HttpStatusCode status, string body, string mediaType = MediaTypes.Problem)
    {
        (_server.Status, _server.Body, _server.MediaType) = (status, body, mediaType);
        return await Assert.ThrowsAsync<VcpApiException>(() => _server.Client().GetStatsAsync(default));
    }
}
