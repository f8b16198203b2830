using System.Text;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Sandbox.Files;

namespace Ailee.Vcp.Sandbox.Tests.Files;

/// <summary>A file system driven by paths from its root. Calls answer numbers, to be compared with the tests' own <see cref="Errno"/>.</summary>
internal sealed class Disk
{
    public const ulong Start = 1_000;

    public Disk(Bundle? bundle = null, long bytes = 1 << 20, long entries = 1_000)
    {
        Quota = new ScratchQuota(bytes, entries);
        Files = new FileSystem(bundle, Quota, Start, () => Now);
    }

    public ScratchQuota Quota { get; }

    public FileSystem Files { get; }

    public DirectoryInode Root => Files.Root;

    public ulong Now { get; set; } = Start;

    public int Make(string path) => (int)Files.CreateDirectory(Root, path);

    public int RemoveDirectory(string path) => (int)Files.RemoveDirectory(Root, path);

    public int Unlink(string path) => (int)Files.Unlink(Root, path);

    public int Rename(string path, string to) => (int)Files.Rename(Root, path, Root, to);

    public int Link(string path, string to, bool follow = false) => (int)Files.CreateLink(Root, path, follow, Root, to);

    public int Symlink(string content, string path) => (int)Files.CreateSymlink(content, Root, path);

    public int Open(string path, OpenMode mode = OpenMode.None, bool follow = true) => (int)Files.Open(Root, path, follow, mode, out _);

    public int Find(string path, bool follow = true) => (int)Files.Find(Root, path, follow, out _);

    /// <summary>Makes or overwrites a file.</summary>
    public int Write(string path, string text)
    {
        var error = Files.Open(Root, path, follow: true, OpenMode.Create | OpenMode.Truncate, out var inode);
        return (int)(error != 0 ? error : Files.Write((FileInode)inode!, 0, Encoding.UTF8.GetBytes(text)));
    }

    public Inode At(string path, bool follow = true)
    {
        Assert.Equal(Errno.Success, (int)Files.Find(Root, path, follow, out var inode));
        return inode!;
    }

    public FileInode File(string path) => Assert.IsType<FileInode>(At(path));

    public DirectoryInode Directory(string path) => Assert.IsType<DirectoryInode>(At(path));

    public string Read(string path) => Encoding.UTF8.GetString(File(path).Content.ToArray());

    public string Names(string path = ".") => string.Join(' ', Files.List(Directory(path)).Select(entry => entry.Name));
}
