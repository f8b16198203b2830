using Ailee.Vcp.Cli.Tests.Log;
using Microsoft.AspNetCore.Http;

namespace Ailee.Vcp.Cli.Tests;

/// <summary>What commands make of a server that answers as it likes.</summary>
public sealed class HostileServerTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    [Theory]
    [InlineData("""{"items":[]}""", "keys", "create", "x", "--scope", "read")]
    [InlineData("""{"id":"key_1","name":"x","tenant":"x","scopes":["read"],"createdAt":"2030-01-02T03:04:05Z"}""", "keys", "create", "x", "--scope", "read")]
    [InlineData("""{"id":"key_1","name":"x","tenant":"x","scopes":[null],"createdAt":"2030-01-02T03:04:05Z","secret":"s"}""", "keys", "create", "x", "--scope", "read")]
    [InlineData("{}", "keys", "list")]
    [InlineData("""{"items":[null]}""", "keys", "list")]
    [InlineData("{}", "nodes", "list")]
    [InlineData("""{"items":[null]}""", "nodes", "list")]
    [InlineData("{}", "nodes", "token", "--owner", "x")]
    [InlineData("""{"items":[{}]}""", "audit")]
    [InlineData("[]", "audit")]
    [InlineData("null", "ledger", "export", "treasury")]
    [InlineData("""{"account":"treasury","balance":1}""", "ledger", "export", "treasury")]
    public async Task Answer_OtherThanTheContract_ClearError(string body, params string[] command)
    {
        await using var server = await ServeAsync(context =>
        {
            // A charset that nobody knows is no reason to fail in another way.
            context.Response.ContentType = "application/json; charset=nonsense";
            return context.Response.WriteAsync(body);
        });

        var run = await CliRun.OfAsync([.. command, "--server", server.Address]);

        Assert.Equal((125, string.Empty), (run.ExitCode, run.Stdout));
        Assert.StartsWith("vcp: The server's answer cannot be read: ", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_WithoutTheSecret_LeavesNoFile()
    {
        await using var server = await ServeAsync(context => context.Response.WriteAsync("""{"id":"key_1","name":"x","tenant":"x","scopes":["read"],"createdAt":"2030-01-02T03:04:05Z"}"""));

        var run = await CliRun.OfAsync("keys", "create", "x", "--scope", "read", "--out", _directory.Path("key"), "--server", server.Address);

        Assert.Equal((125, false), (run.ExitCode, File.Exists(_directory.Path("key"))));
    }

    [Fact]
    public async Task Key_MadeButNotWritten_TellsTheSecret()
    {
        var place = Directory.CreateDirectory(_directory.Path("keys")).FullName;
        await using var server = await ServeAsync(context =>
        {
            Directory.Delete(place, recursive: true);
            return context.Response.WriteAsync("""{"id":"key_1","name":"x","tenant":"x","scopes":["read"],"createdAt":"2030-01-02T03:04:05Z","secret":"vcpk_once"}""");
        });

        var run = await CliRun.OfAsync("keys", "create", "x", "--scope", "read", "--out", Path.Combine(place, "key"), "--server", server.Address);

        Assert.Equal((125, string.Empty), (run.ExitCode, run.Stdout));
        Assert.Contains("The key key_1 is made; its secret is vcpk_once", run.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Redirected_AnyCall_NotFollowedAndSaysWhereTo(int status)
    {
        var followed = 0;
        await using var other = await ServeAsync(context =>
        {
            followed++;
            return Task.CompletedTask;
        });
        await using var server = await ServeAsync(context =>
        {
            (context.Response.StatusCode, context.Response.Headers.Location) = (status, $"{other.Address}{context.Request.Path}");
            return Task.CompletedTask;
        });

        var run = await CliRun.OfAsync("keys", "create", "x", "--scope", "read", "--server", server.Address);

        Assert.Equal((125, 0), (run.ExitCode, followed));
        Assert.Contains($"answered {status} and sends to {other.Address}/api/v1/keys, which is not followed", run.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(500)]
    public async Task Answer_WithoutEnd_CutOff(int status)
    {
        await using var server = await ServeAsync(async context =>
        {
            (context.Response.StatusCode, context.Response.ContentType) = (status, "application/json");
            var blank = new byte[1 << 20];
            blank.AsSpan().Fill((byte)' ');
            // Four times as long as is read is no end, but this test has one.
            for (var i = 0; i < 256 && !context.RequestAborted.IsCancellationRequested; i++)
            {
                await context.Response.Body.WriteAsync(blank);
            }
        });

        var run = await CliRun.OfAsync("nodes", "list", "--server", server.Address);

        Assert.Equal(125, run.ExitCode);
        Assert.Contains("It is longer than 67108864 bytes", run.Stderr, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Dispose();

    private static async Task<LogServer> ServeAsync(Func<HttpContext, Task> answer)
    {
        var server = await LogServer.StartAsync(new TestLog());
        server.Before = context =>
        {
            answer(context).GetAwaiter().GetResult();
            return true;
        };
        return server;
    }
}
