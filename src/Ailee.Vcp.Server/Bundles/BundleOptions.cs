using Ailee.Vcp.Core.Bundles;

namespace Ailee.Vcp.Server.Bundles;

/// <summary>How large bundles may be, and how many are kept in memory.</summary>
public sealed class BundleOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Bundles";

    /// <summary>Paths of one bundle. Unit: files, directories and links. Default 50 000. Range 1 to 1 000 000.</summary>
    public int Entries { get; set; } = 50_000;

    /// <summary>Depth of one bundle. Unit: segments of a path. Default 64. Range 1 to 1024.</summary>
    public int Depth { get; set; } = 64;

    /// <summary>Files of one bundle, unpacked. Unit: bytes. Default 256 MiB. Range 0 to 1 GiB.</summary>
    public int Bytes { get; set; } = 256 * 1024 * 1024;

    /// <summary>Paths and targets of links of one bundle, parents included. Unit: bytes of UTF-8. Default 8 MiB. Range 1 to 256 MiB.</summary>
    public int PathBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>Body of an upload, as it is sent. Unit: bytes. Default 320 MiB. Range 1024 to 2 GiB.</summary>
    public long BodyBytes { get; set; } = 320L * 1024 * 1024;

    /// <summary>Uploads that are read at once, once they have arrived; each takes the memory of its bundle. Unit: uploads. Default 2. Range 1 to 64.</summary>
    public int MaxConcurrentUploads { get; set; } = 2;

    /// <summary>Bundles kept in memory for tasks. Unit: bytes. Default 256 MiB. Range 0 to 64 GiB.</summary>
    public long CacheMemoryBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>The limits of a tree.</summary>
    public BundleLimits Limits => new(Entries, Depth, Bytes, PathBytes);

    /// <summary>Every problem of these values, each naming its configuration key.</summary>
    public IEnumerable<string> Problems()
    {
        (string Name, long Value, long Minimum, long Maximum)[] ranges =
        [
            (nameof(Entries), Entries, 1, BundleLimits.Widest.Entries),
            (nameof(Depth), Depth, 1, BundleLimits.Widest.Depth),
            (nameof(Bytes), Bytes, 0, BundleLimits.Widest.Bytes),
            (nameof(PathBytes), PathBytes, 1, BundleLimits.Widest.PathBytes),
            (nameof(BodyBytes), BodyBytes, 1024, 2L << 30),
            (nameof(MaxConcurrentUploads), MaxConcurrentUploads, 1, 64),
            (nameof(CacheMemoryBytes), CacheMemoryBytes, 0, 64L << 30),
        ];
        return from range in ranges
               where range.Value < range.Minimum || range.Value > range.Maximum
               select $"{Section}:{range.Name} must be between {range.Minimum} and {range.Maximum}.";
    }
}
