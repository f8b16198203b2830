using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Node.Remote;

namespace Ailee.Vcp.Node.Tests.Remote;

public sealed class NodeDirectoryTests : IDisposable
{
    private readonly TempDirectory _temporary = new();
    private readonly NodeDirectory _directory;
    private readonly NodeSettings _settings;

    public NodeDirectoryTests()
    {
        _directory = new NodeDirectory(_temporary.File("node"));
        _directory.Create();
        using var key = SigningKey.Create();
        using var server = new FakeServer(TimeProvider.System);
        _settings = new NodeSettings
        {
            Server = new Uri("https://server.test/"),
            Node = key.PublicKey.Id.ToString(),
            Owner = "alice",
            Name = "n",
            Origin = FakeServer.Origin,
            LogKey = server.LogKey.ToString(),
            Slots = 3,
            MemoryBytes = 1 << 20,
            Labels = new Dictionary<string, string> { ["zone"] = "attic" },
            Price = 12,
            CarbonGramsPerKwh = 380.5,
        };
    }

    [Fact]
    public void Settings_Written_AreReadAgain()
    {
        Assert.Null(NodeSettings.Read(_directory));

        _settings.Write(_directory);

        var read = NodeSettings.Read(_directory)!;
        Assert.Equal("attic", read.Labels["zone"]);
        Assert.Equal(_settings with { Labels = read.Labels }, read);
    }

    [Fact]
    public void Settings_OutOfRangeOrBroken_AreRefusedByName()
    {
        (NodeSettings Settings, string Name)[] wrong =
        [
            (_settings with { Slots = 257 }, "slots"),
            (_settings with { MemoryBytes = 1 }, "memoryBytes"),
            (_settings with { Price = -1 }, "price"),
            (_settings with { CarbonGramsPerKwh = 10_001 }, "carbonGramsPerKwh"),
            (_settings with { Origin = "other" }, "logKey"),
            (_settings with { Node = "x" }, "node"),
            (_settings with { Server = new Uri("ftp://server.test/") }, "server"),
        ];
        foreach (var (settings, name) in wrong)
        {
            settings.Write(_directory);
            Assert.Contains(name, Assert.Throws<InvalidDataException>(() => NodeSettings.Read(_directory)).Message, StringComparison.Ordinal);
        }

        File.WriteAllText(_directory.Settings, "{");
        Assert.Throws<InvalidDataException>(() => NodeSettings.Read(_directory));
    }

    [Fact]
    public void TryLock_Twice_LetsOneIn()
    {
        var first = _directory.TryLock();

        Assert.NotNull(first);
        Assert.Null(_directory.TryLock());
        first.Dispose();
        using var second = _directory.TryLock();
        Assert.NotNull(second);
    }

    [Fact]
    public void Create_OnUnix_IsForItsOwnerOnly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no such modes.");

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_directory.Path));
        }
    }

    public void Dispose() => _temporary.Dispose();
}
