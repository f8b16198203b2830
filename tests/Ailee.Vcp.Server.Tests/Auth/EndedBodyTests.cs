using System.Globalization;
using Ailee.Vcp.Client.Keys;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Server.Tests.Auth;

/// <summary>What a key asks for has no effect if the key ends before the request is whole.</summary>
public sealed class EndedBodyTests
{
    private const string Body = """{"name":"back-door","scopes":["admin"]}""";

    private readonly FakeTimeProvider _time = KeyCalls.Clock();

    [Fact]
    public async Task Body_KeyStillGood_IsTaken() => Assert.Equal((201, true), await SendAsync((_, _) => Task.CompletedTask));

    [Fact]
    public async Task Body_KeyRevokedMeanwhile_HasNoEffect() =>
        Assert.Equal((401, false), await SendAsync((server, key) => server.Client.RevokeKeyAsync(key.Id, default)));

    [Fact]
    public async Task Body_KeyRevokedByAnotherProcess_HasNoEffect() => Assert.Equal((401, false), await SendAsync(async (server, key) =>
    {
        await server.Database.WriteAsync(transaction => KeyStore.Revoke(transaction, key.Id, _time.GetUtcNow()));
        _time.Advance(TimeSpan.FromSeconds(3));
    }));

    [Fact]
    public async Task Body_KeyOverMeanwhile_HasNoEffect() => Assert.Equal((401, false), await SendAsync((_, _) =>
    {
        _time.Advance(TimeSpan.FromSeconds(1000));
        return Task.CompletedTask;
    }));

    [Fact]
    public async Task Body_KeyRotatedAndItsGraceOver_HasNoEffect() => Assert.Equal((401, false), await SendAsync(async (server, key) =>
    {
        await server.Client.RotateKeyAsync(key.Id, new KeyRotationRequest { GraceSeconds = 10 }, default);
        _time.Advance(TimeSpan.FromSeconds(10));
    }));

    [Fact]
    public async Task Body_KeyRevoked_TheRestIsNotWaitedFor()
    {
        await using var server = await RunningServer.StartAsync(KeyCalls.Open(_time));
        var key = await server.Client.CreateKeyAsync(new KeyRequest { Name = "sender", Scopes = ["admin"] }, default);
        using var connection = await BeginAsync(server, key);
        await server.Client.RevokeKeyAsync(key.Id, default);

        // One byte of many.
        await connection.SendTextAsync(Body[..1]);
        var (status, text) = await connection.ReadToEndAsync();

        Assert.Equal(401, status);
        Assert.Contains("\"key-revoked\"", text, StringComparison.Ordinal);
        Assert.Contains("WWW-Authenticate: Bearer", text, StringComparison.Ordinal);
        Assert.StartsWith(key.Id, Assert.Single(await server.AuditAsync(AuditKinds.AuthRevoked)).Actor, StringComparison.Ordinal);
    }

    private async Task<(int Status, bool IsMade)> SendAsync(Func<RunningServer, KeyView, Task> end)
    {
        await using var server = await RunningServer.StartAsync(KeyCalls.Open(_time));
        var key = await server.Client.CreateKeyAsync(new KeyRequest { Name = "sender", Scopes = ["admin"], ExpiresInSeconds = 1000 }, default);
        using var connection = await BeginAsync(server, key);

        await end(server, key);
        await connection.SendTextAsync(Body);
        var (status, _) = await connection.ReadToEndAsync();

        return (status, server.Database.Read(KeyStore.All).Exists(made => made.Name == "back-door"));
    }

    // 100 Continue says that the request was let in and its body is being read.
    private static async Task<RawConnection> BeginAsync(RunningServer server, KeyView key)
    {
        var connection = await RawConnection.OpenAsync(server.Url);
        await connection.SendAsync(
            "POST /api/v1/keys HTTP/1.1",
            "Host: x",
            $"Authorization: Bearer {key.Secret}",
            "Content-Type: application/json",
            "Content-Length: " + Body.Length.ToString(CultureInfo.InvariantCulture),
            "Expect: 100-continue",
            "Connection: close",
            "");
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await connection.ReadTextAsync("HTTP/1.1 100 Continue\r\n\r\n".Length));
        return connection;
    }
}
