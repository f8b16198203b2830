using System.Text;
using Ailee.Vcp.Core.Execution;

namespace Ailee.Vcp.Sandbox.Files;

/// <summary>Finds what a guest leaves behind: files whose bytes are its own, and files at paths that it gave them.</summary>
internal static class ScratchFiles
{
    /// <summary>In no particular order. Files deeper than a path can say are left out.</summary>
    public static IEnumerable<(string Path, FileInode File)> Of(FileSystem files)
    {
        var ahead = new Stack<(string Path, DirectoryInode Directory, bool Moved)>();
        ahead.Push((string.Empty, files.Root, false));
        while (ahead.TryPop(out var at))
        {
            foreach (var (name, inode, added) in Inside(at.Directory, at.Moved))
            {
                var path = at.Path.Length == 0 ? name : $"{at.Path}/{name}";
                if (Encoding.UTF8.GetByteCount(path) > OutputFile.MaxPathBytes)
                {
                    continue;
                }

                if (inode is DirectoryInode directory)
                {
                    ahead.Push((path, directory, at.Moved || added));
                }
                else if (inode is FileInode file && (at.Moved || added || file.Content.IsScratch))
                {
                    yield return (path, file);
                }
            }
        }
    }

    // In a directory of the bundle that lies elsewhere now, also what nobody touched is at a new path.
    private static IEnumerable<(string Name, Inode Inode, bool Added)> Inside(DirectoryInode directory, bool moved) =>
        moved ? directory.List().Select(entry => (entry.Name, directory.Find(entry.Name)!, true)) : [.. directory.Touched()];
}
