using System.Net;
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
        _server.Body = System.Text.Json.JsonSerializer.Serialize(Samples.Stats, VcpJson.Default.StatsView);

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
