using Ailee.Vcp.Node.Keys;

namespace Ailee.Vcp.Node.Tests.Keys;

public sealed class StoredFileTests
{
    [Fact]
    public void TryRead_ThereMissingOrUnreadable_BytesNullOrAnError()
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory.File("full"), [1, 2, 3]);
        File.WriteAllBytes(directory.File("empty"), []);
        Directory.CreateDirectory(directory.File("directory"));

        Assert.Equal([1, 2, 3], StoredFile.TryRead(directory.File("full"))!);
        Assert.Empty(StoredFile.TryRead(directory.File("empty"))!);
        Assert.Null(StoredFile.TryRead(directory.File("missing")));
        Assert.Null(StoredFile.TryRead(directory.File("missing/file")));
        Assert.Throws<UnauthorizedAccessException>(() => StoredFile.TryRead(directory.File("directory")));
        if (!OperatingSystem.IsWindows())
        {
            // Nobody can tell whether it is there: no way leads to it.
            File.CreateSymbolicLink(directory.File("loop"), "loop");
            Assert.Throws<IOException>(() => StoredFile.TryRead(directory.File("loop")));
        }
    }
}
