using System.Text.Json;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Keys;

namespace Ailee.Vcp.Cli.Tests.Keys;

public sealed class ApiKeyCommandsTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Create_Key_SecretAloneOnStdout()
    {
        var made = await RunAsync("create", "Build server", "--tenant", "ci", "--scope", "tasks,audit", "--scope", "nodes", "--expires", "2h", "--gas-per-day", "7");

        Assert.Equal(0, made.ExitCode);
        Assert.StartsWith("vcp_", made.Stdout, StringComparison.Ordinal);
        Assert.Single(made.Stdout.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain(made.Stdout.Trim(), made.Stderr, StringComparison.Ordinal);
        var id = made.Stderr.Split(' ').Single(word => word.StartsWith("key_", StringComparison.Ordinal));
        var shown = Parse((await RunAsync("show", id, "--json")).Stdout);
        Assert.Equal(("Build server", "ci", 7L, TimeSpan.FromHours(2)), (shown.Name, shown.Tenant, shown.Limits!.GasPerDay, shown.ExpiresAt - shown.CreatedAt));
        Assert.Equal(["tasks", "nodes", "audit"], shown.Scopes);
        var page = (await RunAsync("show", id)).Stdout;
        Assert.Contains("at most    7 gas a day", page, StringComparison.Ordinal);
        Assert.Contains("last used  never", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_IntoAFile_SecretIsThereOnly()
    {
        using var directory = new TempDirectory();
        var file = directory.Path("build.key");

        var made = await RunAsync("create", "filed", "--scope", "read", "--out", file, "--json");

        Assert.Null(Parse(made.Stdout).Secret);
        var secret = File.ReadAllText(file);
        Assert.Matches("^vcp_[A-Za-z0-9_-]{43}\n$", secret);
        Assert.DoesNotContain(secret.Trim(), made.Stdout + made.Stderr, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        var again = await RunAsync("create", "filed", "--scope", "read", "--out", file);
        Assert.Equal((125, secret), (again.ExitCode, File.ReadAllText(file)));
    }

    [Fact]
    public async Task Create_Refused_LeavesNoFile()
    {
        using var directory = new TempDirectory();
        var file = directory.Path("build.key");

        var refused = await RunAsync("create", "x", "--scope", "root", "--out", file);
        var unwritable = await RunAsync("create", "never-made", "--scope", "read", "--out", directory.Path("missing/build.key"));

        Assert.Equal((125, 125), (refused.ExitCode, unwritable.ExitCode));
        Assert.Contains("scopes must be at least one of", refused.Stderr, StringComparison.Ordinal);
        Assert.False(File.Exists(file));
        Assert.DoesNotContain("never-made", (await RunAsync("list")).Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rotate_ThenRevoke_ListSaysSo()
    {
        var old = Parse((await RunAsync("create", "service", "--scope", "read", "--json")).Stdout);

        var fresh = Parse((await RunAsync("rotate", old.Id, "--grace", "1h", "--json")).Stdout);
        var revoked = Parse((await RunAsync("revoke", fresh.Id, "--json")).Stdout);

        Assert.NotEqual(old.Secret, fresh.Secret);
        Assert.NotNull(revoked.RevokedAt);
        var listed = (await RunAsync("list", "--json")).Stdout.TrimEnd('\n').Split('\n').Select(Parse).ToDictionary(key => key.Id);
        Assert.Equal((fresh.Id, revoked.RevokedAt), (listed[old.Id].Successor, listed[fresh.Id].RevokedAt));
        Assert.Contains($"{fresh.Id}  revoked", (await RunAsync("list")).Stdout, StringComparison.Ordinal);
        Assert.Equal(125, (await RunAsync("rotate", old.Id)).ExitCode);
    }

    [Fact]
    public async Task Audit_AfterAKeyWasMade_ShowsIt()
    {
        var made = Parse((await RunAsync("create", "audited", "--scope", "read", "--json")).Stdout);

        var lines = await CliRun.OfAsync("audit", "--server", server.Address, "--kind", "key.created", "--actor", "local", "--limit", "1");
        var json = await CliRun.OfAsync("audit", "--server", server.Address, "--limit", "300", "--json");

        Assert.Contains(made.Id, Assert.Single(lines.Stdout.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
        Assert.Contains(json.Stdout.TrimEnd('\n').Split('\n'), line => JsonSerializer.Deserialize(line, VcpJson.Default.AuditEventView)!.Kind == "server.started" || line.Contains(made.Id, StringComparison.Ordinal));
    }

    private Task<CliRun> RunAsync(params string[] args) => CliRun.OfAsync(["keys", .. args, "--server", server.Address]);

    private static KeyView Parse(string json) => JsonSerializer.Deserialize(json, VcpJson.Default.KeyView)!;
}
