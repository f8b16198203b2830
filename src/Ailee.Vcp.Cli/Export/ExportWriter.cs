namespace Ailee.Vcp.Cli.Export;

/// <summary>Writes an export: the whole directory or nothing of it.</summary>
internal static class ExportWriter
{
    /// <exception cref="CliException">Something is there.</exception>
    public static void Refuse(string directory)
    {
        if (File.Exists(directory) || (Directory.Exists(directory) && Directory.EnumerateFileSystemEntries(directory).Any()))
        {
            throw new CliException($"{directory} exists; nothing is overwritten.");
        }
    }

    /// <param name="directory">Where to; it must not be there, or be empty.</param>
    /// <param name="files">The files by name.</param>
    /// <exception cref="CliException">Something is there.</exception>
    public static void Write(string directory, IReadOnlyDictionary<string, byte[]> files)
    {
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        var temporary = $"{target}.{Guid.NewGuid():N}.part";
        Directory.CreateDirectory(temporary);
        try
        {
            foreach (var (name, content) in files)
            {
                File.WriteAllBytes(Path.Combine(temporary, name), content);
            }

            Refuse(target);
            if (Directory.Exists(target))
            {
                Directory.Delete(target);
            }

            Directory.Move(temporary, target);
        }
        catch
        {
            Directory.Delete(temporary, recursive: true);
            throw;
        }
    }
}
