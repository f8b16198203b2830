using System.Text;
using Ailee.Vcp.Core.Bundles;

namespace Ailee.Vcp.Sandbox.Files;

/// <summary>What happens to a symbolic link at the end of a path.</summary>
internal enum FinalLink
{
    /// <summary>It is followed.</summary>
    Follow,

    /// <summary>It is what the path means, unless a slash after it asks for a directory.</summary>
    FollowBeforeSlash,

    /// <summary>It is what the path means: for calls that change the name itself.</summary>
    Keep,
}

/// <summary>Where a path leads.</summary>
/// <param name="Directory">The directory that holds the last name; null if the path ends in <c>.</c> or <c>..</c>.</param>
/// <param name="Name">The last name.</param>
/// <param name="Inode">What the name leads to; null if there is nothing of that name.</param>
/// <param name="MustBeDirectory">The path ends with a slash.</param>
internal readonly record struct PathTarget(DirectoryInode? Directory, string Name, Inode? Inode, bool MustBeDirectory);

/// <summary>
/// Follows a path from an open directory. Nothing leads out of that directory: neither <c>..</c>, nor an absolute path, nor a
/// symbolic link to either. The way back is the way that was taken, so <c>..</c> after a link leaves the link's target.
/// </summary>
internal sealed class PathWalk
{
    private const int MaxLinks = 40;

    private readonly Stack<DirectoryInode> _way = new();
    private readonly Stack<string> _ahead = new();
    private int _links;

    private PathWalk(DirectoryInode from) => _way.Push(from);

    /// <summary>Names of the path and of the links that it led through, also those that were not reached: what the walk costs.</summary>
    public int Steps { get; private set; }

    public PathTarget Target { get; private set; }

    /// <param name="from">Where the path begins.</param>
    /// <param name="path">A relative path.</param>
    /// <param name="link">What happens to a symbolic link at the end.</param>
    /// <param name="walk">Where it led, and at what cost; also after an error.</param>
    public static Errno Follow(DirectoryInode from, string path, FinalLink link, out PathWalk walk)
    {
        walk = new PathWalk(from);
        return walk.Push(path) is var error and not Errno.Success ? error : walk.Run(link);
    }

    private Errno Run(FinalLink final)
    {
        while (_ahead.TryPop(out var name))
        {
            var directory = _way.Peek();
            if (name is "" or ".")
            {
                Target = new PathTarget(null, name, directory, MustBeDirectory: true);
                continue;
            }

            if (name == "..")
            {
                if (_way.Count == 1)
                {
                    return Errno.NotPermitted;
                }

                _way.Pop();
                Target = new PathTarget(null, name, _way.Peek(), MustBeDirectory: true);
                continue;
            }

            if (Encoding.UTF8.GetByteCount(name) > BundlePath.MaxSegmentBytes)
            {
                return Errno.NameTooLong;
            }

            // Empty names are slashes at the end: of the path, or of links at its end.
            var isLast = _ahead.All(static rest => rest.Length == 0);
            var slash = isLast && _ahead.Count > 0;
            var inode = directory.Find(name);
            if (inode is SymlinkInode link && (!isLast || final == FinalLink.Follow || (slash && final == FinalLink.FollowBeforeSlash)))
            {
                if (++_links > MaxLinks)
                {
                    return Errno.Loop;
                }

                if (Push(link.Target) is var error and not Errno.Success)
                {
                    return error;
                }

                continue;
            }

            if (isLast)
            {
                Target = new PathTarget(directory, name, inode, slash);
                return Errno.Success;
            }

            if (inode is not DirectoryInode next)
            {
                return inode is null ? Errno.NoEntry : Errno.NotDirectory;
            }

            _way.Push(next);
        }

        return Errno.Success;
    }

    private Errno Push(string path)
    {
        if (path.Length == 0)
        {
            return Errno.NoEntry;
        }

        if (path[0] == '/')
        {
            return Errno.NotPermitted;
        }

        if (Encoding.UTF8.GetByteCount(path) > BundlePath.MaxBytes)
        {
            return Errno.NameTooLong;
        }

        if (path[^1] == '/')
        {
            _ahead.Push(string.Empty);
        }

        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
        {
            Steps++;
            _ahead.Push(name);
        }

        return Errno.Success;
    }
}
