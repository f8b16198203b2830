using Ailee.Vcp.Node.Keys;

namespace Ailee.Vcp.Node.Tests.Keys;

public sealed class DiskSyncTests
{
    [Fact]
    public void Flush_File_WrittenToIt()
    {
        using var directory = new TempDirectory();
        var path = Path.Combine(directory.Path, "file");
        using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.ReadWrite });
        file.WriteByte(7);

        DiskSync.Flush(file);

        using var read = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Assert.Equal(7, read.ReadByte());
    }

    /// <summary>.NET's own flush is silent here: it loses what fsync says.</summary>
    [Fact]
    public void Flush_WhatCannotBeSynced_Refused()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var file = new FileStream("/dev/null", FileMode.Open, FileAccess.Write);

        var refused = Assert.Throws<IOException>(() => DiskSync.Flush(file));

        Assert.Equal("/dev/null cannot be synced: Invalid argument.", refused.Message);
    }

    [Fact]
    public void FlushDirectory_ThereOrNot_DoneOrRefused()
    {
        using var directory = new TempDirectory();

        DiskSync.FlushDirectory(directory.Path);

        if (!OperatingSystem.IsWindows())
        {
            Assert.Throws<IOException>(() => DiskSync.FlushDirectory(Path.Combine(directory.Path, "missing")));
        }
    }

    /// <summary>As some network file systems, /proc has no way to sync a directory.</summary>
    [Fact]
    public void FlushDirectory_OfAFileSystemThatCannot_Done()
    {
        if (OperatingSystem.IsLinux())
        {
            DiskSync.FlushDirectory("/proc");
        }
    }
}
