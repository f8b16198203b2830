using Ailee.Vcp.Core;
using Ailee.Vcp.Sandbox.Modules;
using Microsoft.Extensions.Time.Testing;

namespace Ailee.Vcp.Sandbox.Tests.Modules;

/// <summary>What lies on disk stays within its bound, least recently used out first.</summary>
public sealed class ArtifactFilesTests : IDisposable
{
    // With the 32 bytes of its HMAC.
    private const int FileBytes = 132;

    private static readonly Digest Profile = Digest.Of("profile"u8);
    private static readonly byte[] Artifact = new byte[100];

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("vcp-files-");
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Write_OverTheBound_LeastRecentlyUsedGoes()
    {
        var store = Store(3 * FileBytes);
        Write(store, 1, 2, 3);
        Assert.NotNull(store.Read(Module(1), out _));

        Write(store, 4);

        Assert.Equal([1, 3, 4], Stored(store, 1, 2, 3, 4));
        Assert.Equal((3, 3L * FileBytes, 1L), store.Statistics());
    }

    [Fact]
    public void Write_AfterARestart_TheOrderOfUseIsKnown()
    {
        var before = Store(3 * FileBytes);
        Write(before, 1, 2, 3);
        _time.Advance(TimeSpan.FromSeconds(1));
        before.Read(Module(1), out _);
        var store = Store(3 * FileBytes);
        Assert.Equal((3, 3L * FileBytes, 0L), store.Statistics());

        Write(store, 4);

        Assert.Equal([1, 3, 4], Stored(store, 1, 2, 3, 4));
    }

    [Fact]
    public void Start_WithALowerBound_MakesRoomAtOnce()
    {
        Write(Store(long.MaxValue), 1, 2, 3);

        var store = Store(FileBytes);

        Assert.Equal((1, FileBytes, 2L), store.Statistics());
        Assert.Equal([3], Stored(store, 1, 2, 3));
    }

    [Fact]
    public void Write_FilesOfAnotherProfile_CountAndGoFirst()
    {
        Write(Store(2 * FileBytes, Digest.Of("an engine that is gone"u8)), 1);
        var store = Store(2 * FileBytes);
        Write(store, 2);
        Assert.Equal(2, Files().Length);

        Write(store, 3);

        Assert.Equal([2, 3], Stored(store, 2, 3));
        Assert.Equal(2, Files().Length);
    }

    [Fact]
    public void Write_LargerThanTheBound_IsNotStored()
    {
        var store = Store(FileBytes - 1);

        Assert.False(store.TryWrite(Module(1), Artifact));

        Assert.Empty(Files());
    }

    [Fact]
    public void Write_SameModuleAgain_CountsOnce()
    {
        var store = Store(long.MaxValue);

        Write(store, 1, 1);
        Assert.True(store.TryWrite(Module(1), new byte[200]));

        Assert.Equal((1, 232L, 0L), store.Statistics());
    }

    [Fact]
    public void Delete_Known_MakesRoom()
    {
        var store = Store(2 * FileBytes);
        Write(store, 1, 2);

        store.Delete(Module(1));
        store.Delete(Module(1));
        Write(store, 3);

        Assert.Equal([2, 3], Stored(store, 1, 2, 3));
        Assert.Equal((2, 2L * FileBytes, 0L), store.Statistics());
    }

    [Fact]
    public void Start_LeftoverOfAWrite_IsDeletedAndStrangersStay()
    {
        Write(Store(long.MaxValue), 1);
        var path = Assert.Single(Files());
        File.Copy(path, ArtifactFiles.TemporaryName(path));
        var stranger = Path.Combine(Path.GetDirectoryName(path)!, "notes.txt");
        File.WriteAllText(stranger, "not ours");

        Assert.Equal(1, Store(long.MaxValue).Statistics().Entries);

        Assert.Equal(new[] { path, stranger }.Order(), Files().Order());
    }

    [Fact]
    public void Write_FromManyThreads_TheBoundAndTheCountHold()
    {
        var store = Store(5 * FileBytes);

        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            Assert.True(store.TryWrite(Module(i % 20), Artifact));
            store.Read(Module((i * 7) % 20), out var rejected);
            Assert.False(rejected);
            if (i % 11 == 0)
            {
                store.Delete(Module(i % 20));
            }
        });

        var (entries, bytes, _) = store.Statistics();
        Assert.InRange(entries, 0, 5);
        Assert.Equal(entries, Files().Length);
        Assert.Equal(Files().Sum(file => new FileInfo(file).Length), bytes);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static Digest Module(int number) => Digest.Of([(byte)number]);

    private static int[] Stored(ArtifactStore store, params int[] numbers) => [.. numbers.Where(number => store.Read(Module(number), out _) is not null)];

    private ArtifactStore Store(long maxBytes, Digest? profile = null) => new(_directory.FullName, new byte[32], profile ?? Profile, maxBytes, _time);

    private void Write(ArtifactStore store, params int[] numbers)
    {
        foreach (var number in numbers)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.True(store.TryWrite(Module(number), Artifact));
        }
    }

    private string[] Files() => Directory.GetFiles(_directory.FullName, "*", SearchOption.AllDirectories);
}
