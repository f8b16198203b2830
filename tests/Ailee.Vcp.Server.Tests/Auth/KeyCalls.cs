using System.Net;
using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Keys;
using Ailee.Vcp.Server.Auth;
using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Server.Tests.Auth;

/// <summary>What tests of keys do often.</summary>
internal static class KeyCalls
{
    /// <summary>A server that needs keys, idle.</summary>
    public static ServerSetup Open(FakeTimeProvider? time = null, params (string Key, string Value)[] configuration) => new()
    {
        Url = "http://0.0.0.0:0",
        NodeWorks = false,
        Time = time,
        Configuration = configuration.ToDictionary(pair => pair.Key, pair => pair.Value),
    };

    /// <summary>A clock that stands still.</summary>
    public static FakeTimeProvider Clock() => new(DateTimeOffset.UnixEpoch.AddYears(60));

    /// <summary>Makes a key.</summary>
    public static Task<KeyView> MakeAsync(this RunningServer server, string name, params string[] scopes) =>
        server.Client.CreateKeyAsync(new KeyRequest { Name = name, Scopes = scopes }, default);

    /// <summary>Sends a request with a key or token of its own, or without one.</summary>
    public static Task<HttpResponseMessage> SendAsync(this RunningServer server, string? bearer, string path = "api/v1/tasks", string method = "GET", string? json = null)
    {
        var message = new HttpRequestMessage(new HttpMethod(method), new Uri(server.Url, path));
        if (bearer is not null)
        {
            message.Headers.TryAddWithoutValidation("Authorization", $"Bearer {bearer}");
        }

        if (json is not null)
        {
            message.Content = new StringContent(json, System.Text.Encoding.UTF8, MediaTypes.Json);
        }

        return Bare.SendAsync(message);
    }

    /// <summary>The request must be let in.</summary>
    public static async Task AssertGoodAsync(this RunningServer server, string bearer)
    {
        using var response = await server.SendAsync(bearer);
        Assert.True(response.StatusCode == HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The audit trail's events of a kind, oldest first.</summary>
    public static async Task<List<AuditEventView>> AuditAsync(this RunningServer server, string kind)
    {
        await server.Get<AccessUpkeep>().FlushAsync();
        return [.. (await server.Client.ListAuditAsync(kind, null, 200, null, default)).Items.Reverse()];
    }

    /// <summary>An answer as the contract has it.</summary>
    public static async Task<KeyView> KeyAsync(this HttpResponseMessage response, HttpStatusCode status)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode == status, text);
            return JsonSerializer.Deserialize(text, VcpJson.Default.KeyView)!;
        }
    }

    // Without a key of its own, for all tests.
    private static readonly HttpClient Bare = new();
}
