namespace Ailee.Vcp.Core.Bundles;

/// <summary>How large a tree may be; what is beyond is refused while it is read.</summary>
/// <param name="Entries">Most files, directories and links, parents that no entry names included.</param>
/// <param name="Depth">Most segments of a path.</param>
/// <param name="Bytes">Most bytes in files, those of hard links counted for each name.</param>
/// <param name="PathBytes">Most bytes of UTF-8 in paths and in targets of symbolic links together, parents that no entry names included.</param>
public sealed record BundleLimits(int Entries, int Depth, long Bytes, long PathBytes)
{
    /// <summary>The limits of a server that sets none of its own.</summary>
    public static BundleLimits Default { get; } = new(50_000, 64, 256L << 20, 8L << 20);

    /// <summary>The widest that a server can set.</summary>
    public static BundleLimits Widest { get; } = new(1_000_000, 1024, 1L << 30, 256L << 20);
}
