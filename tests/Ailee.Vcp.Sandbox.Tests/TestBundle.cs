using System.Text;
using Ailee.Vcp.Core.Bundles;

namespace Ailee.Vcp.Sandbox.Tests;

/// <summary>Writes bundles in a line: what stands at each path, parents added.</summary>
internal static class TestBundle
{
    public static BundleEntry Directory(string path) => new(path, BundleEntryKind.Directory);

    public static BundleEntry File(string path, string text = "") => new(path, BundleEntryKind.File, Encoding.UTF8.GetBytes(text));

    public static BundleEntry Link(string path, string target) => new(path, BundleEntryKind.Symlink, Target: target);

    public static Bundle Of(params BundleEntry[] entries) => new(WithParents(entries));

    public static IEnumerable<BundleEntry> WithParents(IEnumerable<BundleEntry> entries)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            for (var slash = entry.Path.IndexOf('/'); slash >= 0; slash = entry.Path.IndexOf('/', slash + 1))
            {
                if (seen.Add(entry.Path[..slash]))
                {
                    yield return Directory(entry.Path[..slash]);
                }
            }

            if (seen.Add(entry.Path))
            {
                yield return entry;
            }
        }
    }
}
