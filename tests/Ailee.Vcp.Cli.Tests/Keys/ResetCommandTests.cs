using System.Net;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Keys;
using Ailee.Vcp.Server;
using Ailee.Vcp.Server.Auth;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Ailee.Vcp.Cli.Tests.Keys;

/// <summary>A key for whoever has the data directory but no key.</summary>
public sealed class ResetCommandTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly AheadTime _time = new();

    private string Data => _directory.Path("data");

    private string AdminKey => File.ReadAllText(Path.Combine(Data, "admin.key")).Trim();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Reset_ServerStopped_NewKeyOpensAndOldOnesDoNot()
    {
        string old, worker;
        await using (var server = await StartAsync())
        {
            old = AdminKey;
            worker = (await Client(server, old).CreateKeyAsync(new KeyRequest { Name = "worker", Scopes = ["tasks"] }, default)).Secret!;
        }

        var reset = await CliRun.OfAsync("keys", "reset", "--data", Data);

        Assert.Equal((0, Path.Combine(Data, "admin.key")), (reset.ExitCode, reset.Stdout.Trim()));
        Assert.Contains("1 other", reset.Stderr, StringComparison.Ordinal);
        Assert.NotEqual(old, AdminKey);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(Data, "admin.key")));
        }

        await using var again = await StartAsync();
        Assert.Equal("key-revoked", await RefusalAsync(again, old));
        Assert.Null(await RefusalAsync(again, worker));
        var trail = await Client(again, AdminKey).ListAuditAsync("key.reset", null, null, null, default);
        Assert.Equal(("local", "1 other administrators' keys revoked"), Assert.Single(trail.Items) is var happened ? (happened.Actor, happened.Detail) : default);
        Assert.Contains((await Client(again, AdminKey).ListKeysAsync(null, null, default)).Items, key => key.Id == trail.Items[0].Subject && key.RevokedAt is null);
    }

    [Fact]
    public async Task Reset_ServerRuns_CountsAfterTwoSeconds()
    {
        await using var server = await StartAsync();
        var old = AdminKey;
        Assert.Null(await RefusalAsync(server, old));

        var reset = await CliRun.OfAsync("keys", "reset", "--data", Data);
        _time.Ahead = TimeSpan.FromSeconds(3);

        Assert.Equal(0, reset.ExitCode);
        Assert.Equal("key-revoked", await RefusalAsync(server, old));
        Assert.Null(await RefusalAsync(server, AdminKey));
    }

    [Fact]
    public async Task Reset_KeepOthers_OldKeysGoOn()
    {
        string old;
        await using (await StartAsync())
        {
            old = AdminKey;
        }

        var reset = await CliRun.OfAsync("keys", "reset", "--data", Data, "--keep-others");

        Assert.Equal(0, reset.ExitCode);
        await using var server = await StartAsync();
        Assert.Null(await RefusalAsync(server, old));
        Assert.Null(await RefusalAsync(server, AdminKey));
    }

    [Fact]
    public async Task Reset_NoDatabaseOrAnOldOne_RefusedAndNothingIsLeft()
    {
        var none = await CliRun.OfAsync("keys", "reset", "--data", _directory.Path("nowhere"));
        Directory.CreateDirectory(Data);
        using (var connection = new SqliteConnection($"Data Source={Path.Combine(Data, "vcp.db")};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE api_keys (hash BLOB PRIMARY KEY, name TEXT, created_ms INTEGER); PRAGMA user_version = 16";
            command.ExecuteNonQuery();
        }

        var old = await CliRun.OfAsync("keys", "reset", "--data", Data);

        Assert.Equal((125, 125), (none.ExitCode, old.ExitCode));
        Assert.Contains("older version", old.Stderr, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Data, "admin.key*"));
    }

    private static VcpClient Client(Started server, string key) => new(VcpClient.CreateHttp(Address(server), key));

    private static Uri Address(Started server) => new(server.App.Urls.First().Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal));

    /// <summary>Why a key is refused; null if it is not.</summary>
    private static async Task<string?> RefusalAsync(Started server, string key)
    {
        try
        {
            await Client(server, key).ListTasksAsync(null, null, null, default);
            return null;
        }
        catch (VcpApiException refused) when (refused.Status == HttpStatusCode.Unauthorized)
        {
            return refused.Code;
        }
    }

    private async Task<Started> StartAsync()
    {
        var server = ServerHost.Build(
            ["--urls", "http://0.0.0.0:0", "--Storage:DataDirectory", Data, "--Sandbox:MemoryBytes", "33554432"],
            services => services.AddSingleton<TimeProvider>(_time));
        await server.StartAsync();
        await server.EnsureAccessAsync();
        return new Started(server);
    }

    private sealed record Started(WebApplication App) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await App.StopAsync();
            await App.DisposeAsync();
        }
    }

    /// <summary>The machine's clock, put forward.</summary>
    private sealed class AheadTime : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override long GetTimestamp() => base.GetTimestamp() + (Ahead.Ticks * TimestampFrequency / TimeSpan.TicksPerSecond);
    }
}
