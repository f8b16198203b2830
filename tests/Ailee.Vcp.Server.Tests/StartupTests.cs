using System.Net;
using System.Net.Sockets;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests;

/// <summary>A server that cannot start says why in a sentence and exits with 1.</summary>
public sealed class StartupTests
{
    [Fact]
    public async Task Start_SecondServerOnTheSameDirectory_Refused()
    {
        using var directory = new TempDirectory();
        await using var server = await RunningServer.StartAsync(new ServerSetup { Directory = directory.Path });

        await RefusedAsync(new ServerSetup { Directory = directory.Path }, "Another server uses the data directory", directory.Path);
    }

    [Fact]
    public async Task Start_FileAsDataDirectory_Refused()
    {
        using var directory = new TempDirectory();
        var file = directory.File("file");
        File.WriteAllText(file, string.Empty);

        await RefusedAsync(new ServerSetup { Directory = file }, "Storage:DataDirectory", file);
    }

    [Fact]
    public async Task Start_DirectoryBelowAFile_Refused()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory.File("file"), string.Empty);

        await RefusedAsync(new ServerSetup { Directory = directory.File("file/data") }, "Storage:DataDirectory");
    }

    [Fact]
    public async Task Start_DatabaseThatIsNone_Refused()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory.File("vcp.db"), new string('x', 5000));

        await RefusedAsync(new ServerSetup { Directory = directory.Path }, "vcp.db", "not a database");
    }

    [Theory]
    [InlineData("node.key", 31)]
    [InlineData("cache.key", 0)]
    [InlineData("node.counter", 9)]
    public async Task Start_SecretFileOfAnotherLength_Refused(string name, int length)
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory.File(name), new byte[length]);

        await RefusedAsync(new ServerSetup { Directory = directory.Path }, name);
    }

    [Theory]
    [InlineData("Sandbox:MemoryBytes", "1")]
    [InlineData("Sandbox:TimeoutMs", "0")]
    [InlineData("Sandbox:Slots", "many")]
    [InlineData("Sandbox:Hash", "sha-512")]
    [InlineData("Tasks:QueueCapacity", "0")]
    [InlineData("Tasks:MaxAttempts", "1000")]
    [InlineData("Tasks:MaxAttempts", "1.5")]
    public async Task Start_BadConfiguration_NamesTheKey(string key, string value)
    {
        using var directory = new TempDirectory();

        await RefusedAsync(new ServerSetup { Directory = directory.Path, Configuration = { [key] = value } }, key);
    }

    [Fact]
    public async Task Start_EmptyDataDirectory_NamesTheKey() => await RefusedAsync(new ServerSetup { Directory = " " }, "Storage:DataDirectory");

    [Fact]
    public async Task Start_SeveralBadKeys_NamesThemAll()
    {
        using var directory = new TempDirectory();

        await RefusedAsync(
            new ServerSetup { Directory = directory.Path, Configuration = { ["Sandbox:Slots"] = "-1", ["Sandbox:ModuleBytes"] = "7", ["Tasks:MaxAttempts"] = "0" } },
            "Sandbox:Slots",
            "Sandbox:ModuleBytes",
            "Tasks:MaxAttempts");
    }

    [Fact]
    public async Task Start_BadValueInTheEnvironment_NamesTheKey()
    {
        using var directory = new TempDirectory();
        await using var process = ServerProcess.Start(new ServerSetup { Directory = directory.Path }, ("Tasks__MaxAttempts", "0"));

        AssertRefusal(await process.EndAsync(), "Tasks:MaxAttempts");
    }

    [Fact]
    public async Task Start_PortInUse_Refused()
    {
        using var directory = new TempDirectory();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        await RefusedAsync(new ServerSetup { Directory = directory.Path, Url = $"http://{listener.LocalEndpoint}" }, "address already in use");
    }

    [Fact]
    public async Task Start_UnusableAddress_NamesIt()
    {
        using var directory = new TempDirectory();

        await RefusedAsync(new ServerSetup { Directory = directory.Path, Url = "nonsense" }, "nonsense");
    }

    [Fact]
    public async Task Start_MoreMemoryThanThereIs_Refused()
    {
        using var directory = new TempDirectory();

        await RefusedAsync(new ServerSetup { Directory = directory.Path, Configuration = { ["Sandbox:Slots"] = "256", ["Sandbox:MemoryBytes"] = "4294967296" } }, "Sandbox:MemoryBytes", "Sandbox:Slots");
    }

    private static async Task RefusedAsync(ServerSetup setup, params string[] words)
    {
        await using var process = ServerProcess.Start(setup);

        AssertRefusal(await process.EndAsync(), words);
    }

    private static void AssertRefusal((int ExitCode, string Text) end, params string[] words)
    {
        Assert.True(end.ExitCode == 1, $"{end.ExitCode}: {end.Text}");
        var sentence = Assert.Single(end.Text.Split('\n'), line => line.StartsWith("vcp-server: ", StringComparison.Ordinal));
        Assert.All(words, word => Assert.Contains(word, sentence, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", end.Text, StringComparison.Ordinal);
    }
}
