using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Cli.Files;

/// <summary>Where the files of a guest are written, and read to verify them: never outside, whatever the paths say and whatever lies there.</summary>
internal sealed class OutputDirectory(string root)
{
    /// <summary>Writes a file, making the directories above it; one that is there is replaced.</summary>
    /// <param name="file">What the output record says of it.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="hash">The hash of that record.</param>
    /// <exception cref="CliException">The path would lead out, or the bytes are not the file's.</exception>
    public void Write(OutputFile file, ReadOnlySpan<byte> content, ContentHash hash)
    {
        if (Blob.Of(content, hash) != file.Content)
        {
            throw new CliException($"The bytes of {Shown(file.Path)} are not those that the output record names; nothing was written to it.");
        }

        var segments = Segments(file.Path);
        Directory.CreateDirectory(root);
        var directory = segments[..^1].Aggregate(root, Enter);
        var path = Path.Combine(directory, segments[^1]);
        if (Directory.Exists(path) && new FileInfo(path).LinkTarget is null)
        {
            throw new CliException($"{path} is a directory; the guest gave back a file of that name.");
        }

        // Renaming replaces a link; writing through its name would follow it.
        var temporary = Path.Combine(directory, $".vcp-{Guid.NewGuid():N}");
        using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
        {
            stream.Write(content);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>The bytes of a file that was written before, or null if there is none.</summary>
    /// <exception cref="CliException">The path would lead out.</exception>
    public byte[]? Read(string path)
    {
        var segments = Segments(path);
        var place = segments[..^1].Aggregate(root, (directory, name) => Refuse(Path.Combine(directory, name)));
        var file = Refuse(Path.Combine(place, segments[^1]));
        return File.Exists(file) ? File.ReadAllBytes(file) : null;
    }

    private static string[] Segments(string path) =>
        BundlePath.IsCanonical(path) && (!OperatingSystem.IsWindows() || path.IndexOfAny(['\\', ':']) < 0)
            ? path.Split('/')
            : throw new CliException($"'{Shown(path)}' is no path below a directory; nothing was written to it.");

    private static string Enter(string directory, string name)
    {
        var path = Refuse(Path.Combine(directory, name));
        Directory.CreateDirectory(path);
        return path;
    }

    private static string Refuse(string path) =>
        new FileInfo(path).LinkTarget is null ? path : throw new CliException($"{path} is a symbolic link; files are not taken or written through links.");

    private static string Shown(string path) => string.Concat(path.Take(200).Select(character => char.IsControl(character) ? '?' : character));
}
