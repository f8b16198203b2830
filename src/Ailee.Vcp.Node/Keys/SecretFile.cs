using System.Runtime.Versioning;

namespace Ailee.Vcp.Node.Keys;

/// <summary>Files that only their owner may read (mode 0600), written whole or not at all.</summary>
public static class SecretFile
{
    /// <summary>The file's bytes; if there is no file, one with the given content is made first.</summary>
    /// <param name="path">The file.</param>
    /// <param name="length">The exact length that it must have.</param>
    /// <param name="create">Makes the content of a new file.</param>
    /// <exception cref="InvalidDataException">The file has another length.</exception>
    public static byte[] LoadOrCreate(string path, int length, Func<byte[]> create)
    {
        if (StoredFile.TryRead(path) is not { } bytes)
        {
            Write(path, bytes = create());
        }

        return bytes.Length == length ? bytes : throw new InvalidDataException($"{path} is {bytes.Length} bytes long instead of {length}; it is not the file that it should be.");
    }

    /// <summary>Writes a file beside its place, flushes it to disk and moves it there. When this returns a power cut leaves the new content.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".new";
        File.Delete(temporary);
        using (var file = new FileStream(temporary, Options()))
        {
            file.Write(content);
            DiskSync.Flush(file);
        }

        File.Move(temporary, path, overwrite: true);
        DiskSync.FlushDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    private static FileStreamOptions Options()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            SetOwnerOnly(options);
        }

        return options;
    }

    [UnsupportedOSPlatform("windows")]
    private static void SetOwnerOnly(FileStreamOptions options) => options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
}
