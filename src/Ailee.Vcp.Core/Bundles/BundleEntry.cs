using System.Text;

namespace Ailee.Vcp.Core.Bundles;

/// <summary>What stands at a path of a bundle.</summary>
public enum BundleEntryKind
{
    /// <summary>A directory.</summary>
    Directory = 0,

    /// <summary>A file.</summary>
    File = 1,

    /// <summary>A symbolic link.</summary>
    Symlink = 2,
}

/// <summary>One path of a bundle.</summary>
/// <param name="Path">Relative to the root, segments parted by <c>/</c>, none of them empty, <c>.</c> or <c>..</c>.</param>
/// <param name="Kind">What stands there.</param>
/// <param name="Content">The bytes of a file; empty otherwise.</param>
/// <param name="Target">Where a symbolic link leads to, relative to its own directory; null otherwise.</param>
public sealed record BundleEntry(string Path, BundleEntryKind Kind, ReadOnlyMemory<byte> Content = default, string? Target = null)
{
    /// <summary>Bytes of UTF-8 in the path and the target.</summary>
    public long PathBytes => Encoding.UTF8.GetByteCount(Path) + (Target is null ? 0L : Encoding.UTF8.GetByteCount(Target));
}
