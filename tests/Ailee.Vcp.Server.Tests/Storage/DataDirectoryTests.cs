using Ailee.Vcp.Server.Storage;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Storage;

public sealed class DataDirectoryTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TempDirectory _temp = new();

    [Fact]
    public void Open_WhereARestoreWasInterrupted_RefusedAndFreeAgain()
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory.File("restore.partial"));
        var refused = Assert.Throws<StartupException>(() => new DataDirectory(new StorageOptions { DataDirectory = directory.Path }));
        var left = Directory.GetFiles(directory.Path).Select(Path.GetFileName);
        Directory.Delete(directory.File("restore.partial"));

        using var opened = new DataDirectory(new StorageOptions { DataDirectory = directory.Path });

        Assert.Contains("restore it again", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("vcp.db", left);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_KeysWithoutTheirDatabase_Refused(bool isEmpty)
    {
        File.WriteAllBytes(_temp.File("orchestrator.key"), new byte[32]);
        if (isEmpty)
        {
            File.WriteAllBytes(_temp.File("vcp.db"), []);
        }

        var refused = Assert.Throws<StartupException>(() => new DataDirectory(new StorageOptions { DataDirectory = _temp.Path }));

        Assert.Contains("has keys and no database", refused.Message, StringComparison.Ordinal);
        Assert.Equal(isEmpty, File.Exists(_temp.File("vcp.db")));
    }

    [Fact]
    public void Open_Missing_MadeForItsOwnerOnly()
    {
        using var directory = Open("a/b");

        Assert.True(Directory.Exists(_temp.File("a/b")));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(_temp.File("a/b")));
        }
    }

    [Fact]
    public async Task Open_WhereOthersMayLook_ItsDatabaseIsForItsOwnerOnly()
    {
        var path = Directory.CreateDirectory(_temp.File("open")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(path, "vcp.db"), []);
        using var directory = new DataDirectory(new StorageOptions { DataDirectory = path });
        using var database = new SqliteDatabase(directory.Database);
        await database.WriteAsync(transaction => transaction.Execute("CREATE TABLE t (x)"));

        foreach (var file in (string[])["vcp.db", "vcp.db-wal", "vcp.db-shm", "lock"])
        {
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path.Combine(path, file)));
            }
        }
    }

    [Fact]
    public void Open_Existing_KeepsItsMode()
    {
        var path = _temp.File("existing");
        Directory.CreateDirectory(path);
        var before = OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);

        using var directory = Open("existing");

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(before, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public void Open_Twice_SecondIsRefusedUntilTheFirstIsGone()
    {
        var first = Open("data");

        var exception = Assert.Throws<StartupException>(() => Open("data"));
        first.Dispose();
        using var again = Open("data");

        Assert.Contains("Another server", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FileInItsPlace_RefusedInWords()
    {
        File.WriteAllText(_temp.File("file"), string.Empty);

        var itself = Assert.Throws<StartupException>(() => Open("file"));
        var below = Assert.Throws<StartupException>(() => Open("file/data"));

        Assert.Contains("Storage:DataDirectory", itself.Message, StringComparison.Ordinal);
        Assert.Contains("Storage:DataDirectory", below.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_LockThatCannotBeWritten_RefusedInWords()
    {
        // Root may write what is read-only, but nobody can write a directory as if it were a file.
        Directory.CreateDirectory(_temp.File("data/lock"));

        var exception = Assert.Throws<StartupException>(() => Open("data"));

        Assert.Contains("cannot be written", exception.Message, StringComparison.Ordinal);
        Assert.Contains(_temp.File("data"), exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ReadOnly_RefusedInWords()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var path = _temp.File("read-only");
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        if (Environment.IsPrivilegedProcess)
        {
            // Modes do not bind root.
            using var directory = Open("read-only");
            return;
        }

        var exception = Assert.Throws<StartupException>(() => Open("read-only"));

        Assert.Contains("cannot be written", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_Server_KeysAreTheirOwnersOnly()
    {
        var path = _temp.File("data");
        await using var server = await RunningServer.StartAsync(new ServerSetup { Directory = path, Url = "http://0.0.0.0:0" });
        await server.Client.RunAsync(await server.Client.UploadAsync(Guests.Math), "add", 1, 2);

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
            foreach (var name in (string[])["node.key", "cache.key", "admin.key", "node.counter"])
            {
                Assert.Equal(OwnerOnly, File.GetUnixFileMode(Path.Combine(path, name)));
            }
        }

        Assert.Equal(32, new FileInfo(Path.Combine(path, "node.key")).Length);
        Assert.Empty(Directory.GetFiles(path, "*.new"));
    }

    public void Dispose() => _temp.Dispose();

    private DataDirectory Open(string name) => new(new StorageOptions { DataDirectory = _temp.File(name) });
}
