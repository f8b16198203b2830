using System.Net;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Keys;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Server.Tests.Auth;

/// <summary>A stream of events goes on no longer than the key it was opened with.</summary>
public sealed class EndedStreamTests
{
    private readonly FakeTimeProvider _time = KeyCalls.Clock();

    [Fact]
    public async Task Stream_KeyRevoked_EndsAtOnce() =>
        await EndsAsync((server, key) => server.Client.RevokeKeyAsync(key.Id, default));

    [Fact]
    public async Task Stream_KeyRevokedByAnotherProcess_EndsWithinSeconds() => await EndsAsync(async (server, key) =>
    {
        await server.Database.WriteAsync(transaction => KeyStore.Revoke(transaction, key.Id, _time.GetUtcNow()));
        // Ticks of a second each; nobody calls.
        _time.Advance(TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
    });

    [Fact]
    public async Task Stream_KeyOver_Ends() => await EndsAsync((_, _) =>
    {
        _time.Advance(TimeSpan.FromSeconds(1000));
        return Task.CompletedTask;
    });

    [Fact]
    public async Task Stream_KeyRotated_EndsWithinSecondsOfTheGrace() => await EndsAsync(async (server, key) =>
    {
        await server.Client.RotateKeyAsync(key.Id, new KeyRotationRequest { GraceSeconds = 10 }, default);
        for (var i = 0; i < 13; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    });

    private async Task EndsAsync(Func<RunningServer, KeyView, Task> end)
    {
        await using var server = await RunningServer.StartAsync(KeyCalls.Open(_time));
        var key = await server.Client.CreateKeyAsync(new KeyRequest { Name = "follower", Scopes = ["tasks"], ExpiresInSeconds = 1000 }, default);
        using var http = VcpClient.CreateHttp(server.Url, key.Secret);
        var client = new VcpClient(http);
        var task = await client.SubmitAsync(await client.UploadAsync(Guests.Math), "add", 1, 2);
        using var message = new HttpRequestMessage(HttpMethod.Get, $"api/v1/tasks/{task}/events");
        using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var events = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("event: submitted", await events.ReadLineAsync());

        await end(server, key);

        await events.ReadToEndAsync().WaitAsync(Calls.LongWait);
    }
}
