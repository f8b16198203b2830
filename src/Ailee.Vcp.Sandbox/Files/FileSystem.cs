using Ailee.Vcp.Core.Bundles;

namespace Ailee.Vcp.Sandbox.Files;

/// <summary>
/// The files of one guest: a bundle that is never changed, and what the guest makes or changes above it. Every path begins at an
/// open directory and stays below it. Nothing is of the host: numbers, times and orders follow from the bundle and the calls.
/// </summary>
/// <param name="bundle">What is there at the start; null for nothing.</param>
/// <param name="quota">What the guest may add.</param>
/// <param name="start">Times of what is in the bundle: nanoseconds since 1970.</param>
/// <param name="now">The guest's time.</param>
internal sealed class FileSystem(Bundle? bundle, ScratchQuota quota, ulong start, Func<ulong> now)
{
    /// <summary>Number of the root; below it are those of the standard streams.</summary>
    private const ulong RootNumber = 4;

    private ulong _nextNumber = RootNumber + 1 + (ulong)(bundle?.Entries.Count ?? 0);

    public DirectoryInode Root => field ??= new DirectoryInode(RootNumber, start, null, bundle is null ? null : BundleTree.Of(bundle, RootNumber), Load) { Links = 1 };

    /// <summary>Names that paths have led through, and entries that were listed or passed: what the work so far is to be paid by.</summary>
    public long Steps { get; private set; }

    /// <summary>What a path leads to.</summary>
    public Errno Find(DirectoryInode from, string path, bool follow, out Inode? inode)
    {
        var error = Walk(from, path, follow ? FinalLink.Follow : FinalLink.FollowBeforeSlash, out var target);
        inode = target.Inode;
        return error != Errno.Success ? error
            : inode is null ? Errno.NoEntry
            : target.MustBeDirectory && inode is not DirectoryInode ? Errno.NotDirectory
            : Errno.Success;
    }

    /// <summary>Finds a file or directory to open, or makes a file. A symbolic link that is not followed cannot be opened.</summary>
    public Errno Open(DirectoryInode from, string path, bool follow, OpenMode mode, out Inode? inode)
    {
        inode = null;
        var mustBeNew = mode.HasFlag(OpenMode.Create | OpenMode.Exclusive);
        var link = mustBeNew ? FinalLink.Keep : follow ? FinalLink.Follow : FinalLink.FollowBeforeSlash;
        if (Walk(from, path, link, out var target) is var error and not Errno.Success)
        {
            return error;
        }

        if (target.Inode is null)
        {
            return !mode.HasFlag(OpenMode.Create) ? Errno.NoEntry
                : mode.HasFlag(OpenMode.Directory) ? Errno.Invalid
                : target.MustBeDirectory ? Errno.IsDirectory
                : Make(target, new FileInode(NextNumber(), now(), FileContent.Create(quota)), out inode);
        }

        inode = target.Inode;
        return mustBeNew ? Errno.Exists
            : inode is SymlinkInode ? mode.HasFlag(OpenMode.Directory) ? Errno.NotDirectory : Errno.Loop
            : inode is FileInode && (target.MustBeDirectory || mode.HasFlag(OpenMode.Directory)) ? Errno.NotDirectory
            : inode is DirectoryInode && (mode & (OpenMode.Create | OpenMode.Truncate)) != 0 ? Errno.IsDirectory
            : inode is FileInode file && mode.HasFlag(OpenMode.Truncate) ? Resize(file, 0)
            : Errno.Success;
    }

    public Errno CreateDirectory(DirectoryInode from, string path) =>
        Walk(from, path, FinalLink.Keep, out var target) is var error and not Errno.Success ? error
            : target.Inode is not null ? Errno.Exists
            : Make(target, new DirectoryInode(NextNumber(), now(), target.Directory, null, null), out _);

    public Errno CreateSymlink(string content, DirectoryInode from, string path)
    {
        if (content.StartsWith('/'))
        {
            return Errno.NotPermitted;
        }

        if (content.Length == 0)
        {
            return Errno.NoEntry;
        }

        if (Walk(from, path, FinalLink.Keep, out var target) is var error and not Errno.Success)
        {
            return error;
        }

        if (target.Inode is not null)
        {
            return Errno.Exists;
        }

        if (target.MustBeDirectory)
        {
            return Errno.NoEntry;
        }

        var link = new SymlinkInode(NextNumber(), now(), content, isScratch: true);
        if (!quota.TryTakeBytes(link.SizeBytes))
        {
            return Errno.NoSpace;
        }

        var made = Make(target, link, out _);
        if (made != Errno.Success)
        {
            quota.GiveBytesBack(link.SizeBytes);
        }

        return made;
    }

    public Errno ReadSymlink(DirectoryInode from, string path, out string content)
    {
        content = string.Empty;
        if (Walk(from, path, FinalLink.FollowBeforeSlash, out var target) is var error and not Errno.Success)
        {
            return error;
        }

        content = (target.Inode as SymlinkInode)?.Target ?? string.Empty;
        return target.Inode is null ? Errno.NoEntry : target.Inode is SymlinkInode ? Errno.Success : Errno.Invalid;
    }

    /// <summary>Gives a file or symbolic link another name.</summary>
    public Errno CreateLink(DirectoryInode from, string path, bool follow, DirectoryInode to, string newPath)
    {
        if (Find(from, path, follow, out var inode) is var missing and not Errno.Success)
        {
            return missing;
        }

        return inode is DirectoryInode ? Errno.NotPermitted
            : Walk(to, newPath, FinalLink.Keep, out var target) is var error and not Errno.Success ? error
            : target.Inode is not null ? Errno.Exists
            : target.MustBeDirectory ? Errno.NoEntry
            : Make(target, inode!, out _);
    }

    public Errno Unlink(DirectoryInode from, string path)
    {
        if (Walk(from, path, FinalLink.Keep, out var target) is var error and not Errno.Success)
        {
            return error;
        }

        if (target.Inode is null or DirectoryInode)
        {
            return target.Inode is null ? Errno.NoEntry : Errno.IsDirectory;
        }

        if (target.MustBeDirectory)
        {
            return Errno.NotDirectory;
        }

        Remove(target.Directory!, target.Name, target.Inode);
        return Errno.Success;
    }

    public Errno RemoveDirectory(DirectoryInode from, string path)
    {
        if (Walk(from, path, FinalLink.Keep, out var target) is var error and not Errno.Success)
        {
            return error;
        }

        if (target.Inode is not DirectoryInode directory)
        {
            return target.Inode is null ? Errno.NoEntry : Errno.NotDirectory;
        }

        if (target.Directory is null || !directory.IsEmpty)
        {
            return target.Directory is null ? Errno.Invalid : Errno.NotEmpty;
        }

        Remove(target.Directory, target.Name, directory);
        return Errno.Success;
    }

    /// <summary>Moves a name; what had the new name before is gone at once, if it can be replaced.</summary>
    public Errno Rename(DirectoryInode from, string path, DirectoryInode to, string newPath)
    {
        if (Walk(from, path, FinalLink.Keep, out var source) is var error and not Errno.Success)
        {
            return error;
        }

        if (Walk(to, newPath, FinalLink.Keep, out var target) is var targetError and not Errno.Success)
        {
            return targetError;
        }

        if (CheckRename(source, target) is var refused and not Errno.Success)
        {
            return refused;
        }

        var inode = source.Inode!;
        if (target.Inode == inode)
        {
            return Errno.Success;
        }

        // The new name takes an entry; the old one, and the one that it replaces, give theirs back.
        var sourceAdded = source.Directory!.IsAdded(source.Name);
        var replacedAdded = target.Directory!.IsAdded(target.Name);
        if (!sourceAdded && !replacedAdded && !quota.TryTakeEntry())
        {
            return Errno.NoSpace;
        }

        if (sourceAdded && replacedAdded)
        {
            quota.GiveEntryBack();
        }

        if (target.Inode is { } replaced)
        {
            target.Directory.Remove(target.Name);
            FreeIfUnused(replaced);
        }

        source.Directory.Remove(source.Name);
        target.Directory.Add(target.Name, inode);
        Touch(source.Directory);
        Touch(target.Directory);
        inode.ChangeTime = now();
        return Errno.Success;
    }

    public Errno Resize(FileInode file, ulong size)
    {
        var error = file.Content.Resize(size);
        if (error == Errno.Success)
        {
            Touch(file);
        }

        return error;
    }

    public Errno Write(FileInode file, ulong offset, ReadOnlySpan<byte> bytes)
    {
        var error = file.Content.Write(offset, bytes);
        if (error == Errno.Success && !bytes.IsEmpty)
        {
            Touch(file);
        }

        return error;
    }

    /// <summary>The names in a directory; the list stays as it is when the directory changes.</summary>
    public IReadOnlyList<DirectoryEntry> List(DirectoryInode directory)
    {
        var listing = directory.List();
        Steps += listing.Count;
        return listing;
    }

    private Errno CheckRename(PathTarget source, PathTarget target)
    {
        if (source.Inode is null)
        {
            return Errno.NoEntry;
        }

        if (source.Directory is null || target.Directory is null)
        {
            return Errno.Invalid;
        }

        if (target.Directory.Links == 0)
        {
            return Errno.NoEntry;
        }

        if (source.Inode is not DirectoryInode directory)
        {
            return source.MustBeDirectory || target.MustBeDirectory ? Errno.NotDirectory
                : target.Inode is DirectoryInode ? Errno.IsDirectory
                : Errno.Success;
        }

        return IsWithin(target.Directory, directory) ? Errno.Invalid
            : target.Inode is null ? Errno.Success
            : target.Inode is not DirectoryInode replaced ? Errno.NotDirectory
            : replaced.IsEmpty || replaced == directory ? Errno.Success
            : Errno.NotEmpty;
    }

    private bool IsWithin(DirectoryInode inner, DirectoryInode outer)
    {
        for (var at = inner; at != outer; at = at.Parent)
        {
            Steps++;
            if (at.Parent == at)
            {
                return false;
            }
        }

        return true;
    }

    private Errno Walk(DirectoryInode from, string path, FinalLink link, out PathTarget target)
    {
        var error = PathWalk.Follow(from, path, link, out var walk);
        Steps += walk.Steps;
        target = walk.Target;
        return error;
    }

    private Errno Make(PathTarget target, Inode inode, out Inode? made)
    {
        made = null;
        if (target.Directory!.Links == 0)
        {
            return Errno.NoEntry;
        }

        if (!quota.TryTakeEntry())
        {
            return Errno.NoSpace;
        }

        target.Directory.Add(target.Name, inode);
        Touch(target.Directory);
        inode.ChangeTime = now();
        made = inode;
        return Errno.Success;
    }

    private void Remove(DirectoryInode directory, string name, Inode inode)
    {
        if (directory.IsAdded(name))
        {
            quota.GiveEntryBack();
        }

        directory.Remove(name);
        Touch(directory);
        inode.ChangeTime = now();
        FreeIfUnused(inode);
    }

    private void FreeIfUnused(Inode inode)
    {
        if (inode is FileInode file)
        {
            file.FreeIfUnused();
        }
        else if (inode is SymlinkInode { Links: 0, IsScratch: true })
        {
            quota.GiveBytesBack(inode.SizeBytes);
        }
    }

    private void Touch(Inode inode) => inode.ModifyTime = inode.ChangeTime = now();

    private ulong NextNumber() => _nextNumber++;

    private Inode Load(BundleTree bundled, DirectoryInode parent) => bundled.Entry!.Kind switch
    {
        BundleEntryKind.File => new FileInode(bundled.Number, start, new FileContent(bundled.Entry.Content, quota)),
        BundleEntryKind.Symlink => new SymlinkInode(bundled.Number, start, bundled.Entry.Target!, isScratch: false),
        _ => new DirectoryInode(bundled.Number, start, parent, bundled, Load),
    };
}
