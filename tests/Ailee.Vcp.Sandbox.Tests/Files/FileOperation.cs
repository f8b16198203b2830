using CsCheck;

namespace Ailee.Vcp.Sandbox.Tests.Files;

internal enum FileOperationKind
{
    MakeDirectory,
    RemoveDirectory,
    Write,
    Unlink,
    Rename,
    Link,
    Symlink,
    Find,
}

/// <summary>One change of a file system; few names and short paths, so that they meet often.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Path">To what; of a symbolic link, what it says.</param>
/// <param name="Other">The new name, if the change has two; otherwise what is written.</param>
internal sealed record FileOperation(FileOperationKind Kind, string Path, string Other)
{
    private static readonly Gen<string> Paths = Gen.OneOf("a", "b", "c").Array[1, 3].Select(names => string.Join('/', names));

    /// <summary>Everything but links, so that a path is a place.</summary>
    public static Gen<FileOperation[]> WithoutLinks { get; } = Sequences(
        FileOperationKind.MakeDirectory, FileOperationKind.MakeDirectory, FileOperationKind.RemoveDirectory, FileOperationKind.Write,
        FileOperationKind.Unlink, FileOperationKind.Rename, FileOperationKind.Rename);

    public static Gen<FileOperation[]> All { get; } = Sequences([.. Enum.GetValues<FileOperationKind>(), FileOperationKind.MakeDirectory, FileOperationKind.Rename]);

    public int On(Disk disk) => Kind switch
    {
        FileOperationKind.MakeDirectory => disk.Make(Path),
        FileOperationKind.RemoveDirectory => disk.RemoveDirectory(Path),
        FileOperationKind.Write => disk.Write(Path, Other),
        FileOperationKind.Unlink => disk.Unlink(Path),
        FileOperationKind.Rename => disk.Rename(Path, Other),
        FileOperationKind.Link => disk.Link(Path, Other),
        FileOperationKind.Symlink => disk.Symlink(Path, Other),
        _ => disk.Find(Path),
    };

    private static Gen<FileOperation[]> Sequences(params FileOperationKind[] kinds) =>
        Gen.Select(Gen.OneOf(kinds), Paths, Paths, (kind, path, other) => new FileOperation(kind, path, other)).Array[1, 60];
}
