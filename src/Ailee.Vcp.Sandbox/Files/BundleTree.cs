using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;

namespace Ailee.Vcp.Sandbox.Files;

/// <summary>A name in a bundle and what is below it. Made once for a bundle and shared by all runs: nobody changes it.</summary>
internal sealed class BundleTree
{
    private static readonly ConditionalWeakTable<Bundle, BundleTree> Trees = [];

    private BundleTree(BundleEntry? entry, ulong number, FrozenDictionary<string, BundleTree> children)
    {
        Entry = entry;
        Number = number;
        Children = children;
        Listing = [.. children.OrderBy(child => child.Key, Utf8Order.Instance).Select(child => new DirectoryEntry(child.Key, child.Value.Number, child.Value.Kind))];
    }

    /// <summary>Null for the root.</summary>
    public BundleEntry? Entry { get; }

    public ulong Number { get; }

    /// <summary>Empty for anything but a directory.</summary>
    public FrozenDictionary<string, BundleTree> Children { get; }

    /// <summary>The names in <see cref="Children"/> in ascending order of their UTF-8 bytes.</summary>
    public IReadOnlyList<DirectoryEntry> Listing { get; }

    public FileKind Kind => Entry?.Kind switch
    {
        BundleEntryKind.File => FileKind.File,
        BundleEntryKind.Symlink => FileKind.Symlink,
        _ => FileKind.Directory,
    };

    /// <summary>The root of a bundle's tree. Entries are numbered in their order, after the root's number.</summary>
    public static BundleTree Of(Bundle bundle, ulong rootNumber) => Trees.GetValue(bundle, _ => Build(bundle, rootNumber));

    private static BundleTree Build(Bundle bundle, ulong rootNumber)
    {
        // From the last entry to the first: what is in a directory comes after it, so its children are complete when it is met.
        var children = new Dictionary<string, Dictionary<string, BundleTree>>(StringComparer.Ordinal);
        for (var i = bundle.Entries.Count - 1; i >= 0; i--)
        {
            var entry = bundle.Entries[i];
            var parent = BundlePath.Parent(entry.Path);
            if (!children.TryGetValue(parent, out var siblings))
            {
                children.Add(parent, siblings = new(StringComparer.Ordinal));
            }

            siblings.Add(entry.Path[(entry.Path.LastIndexOf('/') + 1)..], new BundleTree(entry, rootNumber + 1 + (ulong)i, Take(children, entry.Path)));
        }

        return new BundleTree(null, rootNumber, Take(children, string.Empty));
    }

    private static FrozenDictionary<string, BundleTree> Take(Dictionary<string, Dictionary<string, BundleTree>> children, string path) =>
        children.Remove(path, out var found) ? found.ToFrozenDictionary(StringComparer.Ordinal) : FrozenDictionary<string, BundleTree>.Empty;
}
