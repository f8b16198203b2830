using System.Text;

namespace Ailee.Vcp.Core.Bundles;

/// <summary>The paths of bundles and of output files: relative, parted by <c>/</c>, no segment empty, <c>.</c> or <c>..</c>.</summary>
public static class BundlePath
{
    /// <summary>Longest path in bytes of UTF-8.</summary>
    public const int MaxBytes = 4096;

    /// <summary>Longest segment in bytes of UTF-8.</summary>
    public const int MaxSegmentBytes = 255;

    /// <summary>Whether a path has the one form that it is stored in.</summary>
    public static bool IsCanonical(string path) =>
        path.Length > 0
        && Encoding.UTF8.GetByteCount(path) <= MaxBytes
        && !path.Contains('\0', StringComparison.Ordinal)
        && path.Split('/').All(segment => segment is not ("" or "." or "..") && Encoding.UTF8.GetByteCount(segment) <= MaxSegmentBytes);

    /// <summary>The directory that a path lies in; empty for the root.</summary>
    public static string Parent(string path) => path.LastIndexOf('/') is var at and >= 0 ? path[..at] : string.Empty;

    /// <summary>Whether a symbolic link stays within the root, read by its letters: relative, and never above the root on its way.</summary>
    public static bool LeadsInside(string link, string target)
    {
        var depth = link.Count(character => character == '/');
        foreach (var segment in target.Split('/'))
        {
            depth += segment switch { "" or "." => 0, ".." => -1, _ => 1 };
            if (depth < 0)
            {
                return false;
            }
        }

        return !target.StartsWith('/');
    }
}
