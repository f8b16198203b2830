using Ailee.Vcp.Node.Keys;

namespace Ailee.Vcp.Node.Tests.Keys;

public sealed class SecretFileTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    [Fact]
    public void LoadOrCreate_Missing_MakesItOnceForItsOwnerOnly()
    {
        var path = _directory.File("secret");

        var first = SecretFile.LoadOrCreate(path, 3, () => [1, 2, 3]);
        var second = SecretFile.LoadOrCreate(path, 3, () => throw new InvalidOperationException("made twice"));

        Assert.Equal([1, 2, 3], first);
        Assert.Equal(first, second);
        AssertOwnerOnly(path);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    public void LoadOrCreate_AnotherLength_InvalidDataNamingTheFile(int length)
    {
        var path = _directory.File("secret");
        File.WriteAllBytes(path, new byte[length]);

        var exception = Assert.Throws<InvalidDataException>(() => SecretFile.LoadOrCreate(path, 3, () => [1, 2, 3]));

        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
        Assert.Equal(length, new FileInfo(path).Length);
    }

    [Fact]
    public void Write_Existing_ReplacedAndOwnerOnlyWhateverItWas()
    {
        var path = _directory.File("secret");
        File.WriteAllText(path, "readable by all");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        }

        SecretFile.Write(path, [9]);

        Assert.Equal([9], File.ReadAllBytes(path));
        AssertOwnerOnly(path);
    }

    [Fact]
    public void Write_LeftoversOfACrash_AreReplacedAndGone()
    {
        var path = _directory.File("secret");
        File.WriteAllText(path + ".new", "half of a file, readable by all");

        SecretFile.Write(path, [9]);

        Assert.Equal([9], File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(_directory.Path));
        AssertOwnerOnly(path);
    }

    [Fact]
    public void Write_ThatFails_LeavesTheOldFileWhole()
    {
        var path = _directory.File("secret");
        SecretFile.Write(path, [1, 2, 3]);
        // In the place of the temporary file, so that it cannot be made.
        Directory.CreateDirectory(path + ".new");

        Assert.ThrowsAny<Exception>(() => SecretFile.Write(path, [9]));

        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
    }

    public void Dispose() => _directory.Dispose();

    private static void AssertOwnerOnly(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }
}
