using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Http;

public sealed class RequestFramingTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Theory]
    [InlineData("Transfer-Encoding: gzip, chunked")]
    [InlineData("Transfer-Encoding: chunked, chunked")]
    [InlineData("Transfer-Encoding: x|Transfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked|Content-Length: 2")]
    [InlineData("Content-Length: 2|Transfer-Encoding: chunked")]
    public async Task Request_FramedInTwoWays_RefusedAndNothingBehindItIsRead(string headers)
    {
        using var connection = await RawConnection.OpenAsync(server.Http.BaseAddress!);
        await connection.SendAsync(["POST /api/v1/tasks HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", .. headers.Split('|'), "", "2", "{}", "0", ""]);
        await connection.SendAsync("GET /health/live HTTP/1.1", "Host: 127.0.0.1", "Connection: close", "");

        var (status, text) = await connection.ReadToEndAsync();

        Assert.Equal(400, status);
        Assert.Single(text.Split("HTTP/1.1 ")[1..]);
    }

    [Theory]
    [InlineData("chunked")]
    [InlineData("Chunked")]
    public async Task Request_Chunked_Read(string encoding)
    {
        using var connection = await RawConnection.OpenAsync(server.Http.BaseAddress!);
        await connection.SendAsync("POST /api/v1/tasks HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", $"Transfer-Encoding: {encoding}", "Connection: close", "", "2", "{}", "0", "");

        var (status, text) = await connection.ReadToEndAsync();

        Assert.Equal(400, status);
        Assert.Contains("\"code\":\"malformed-json\"", text, StringComparison.Ordinal);
    }
}
