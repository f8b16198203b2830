namespace Ailee.Vcp.Node.Keys;

/// <summary>Small files whose absence means something. A disk that fails is no absence, which <see cref="File.Exists"/> takes it for.</summary>
public static class StoredFile
{
    /// <summary>Opens a file for reading; null if there is none.</summary>
    /// <exception cref="IOException">Nobody can tell, or the file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read, or is a directory.</exception>
    public static FileStream? TryOpen(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The bytes of a file; null if there is none.</summary>
    /// <exception cref="IOException">Nobody can tell, or the file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read, or is a directory.</exception>
    public static byte[]? TryRead(string path)
    {
        using var file = TryOpen(path);
        if (file is null)
        {
            return null;
        }

        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
