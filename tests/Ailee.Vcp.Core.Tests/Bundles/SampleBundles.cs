using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Core.Tests.Vectors;

namespace Ailee.Vcp.Core.Tests.Bundles;

/// <summary>Trees that tests and vectors share.</summary>
internal static class SampleBundles
{
    public static Bundle Empty { get; } = new([]);

    /// <summary>One of everything.</summary>
    public static Bundle Small { get; } = Build(builder =>
    {
        builder.AddFile("app.txt", "hello\n"u8.ToArray());
        builder.AddFile("lib/data.bin", Repeat(65_537, 0xa5));
        builder.AddDirectory("lib/empty");
        builder.AddSymlink("lib/app", "../app.txt");
    });

    /// <summary>Names whose order differs between bytes, UTF-16 and lengths.</summary>
    public static Bundle Ordered { get; } = Build(builder =>
    {
        foreach (var name in (string[])["\U00010000", "\uff21", "Z", "AA", "a.b", "a/b", "a-b", "back\\slash"])
        {
            builder.AddFile(name, default);
        }
    });

    /// <summary>Names and targets at the borders of tar's fields.</summary>
    public static Bundle Long { get; } = Build(builder =>
    {
        builder.AddFile(new string('n', 100), "100"u8.ToArray());
        builder.AddFile(new string('n', 101), "101"u8.ToArray());
        builder.AddDirectory(new string('d', 99));
        builder.AddDirectory(new string('d', 100));
        builder.AddFile(string.Join('/', Enumerable.Repeat(new string('s', 255), 4)), default);
        builder.AddSymlink("to", new string('t', 101));
        builder.AddSymlink(new string('l', 120), new string('u', 987));
    });

    /// <summary>Preopens are part of the manifest.</summary>
    public static Bundle Preopened { get; } = new([new BundleEntry("data", BundleEntryKind.Directory)], ["/data", "data"]);

    public static Bundle Build(Action<BundleBuilder> add, BundleLimits? limits = null)
    {
        var builder = new BundleBuilder(limits ?? BundleLimits.Default);
        add(builder);
        return builder.Build();
    }

    /// <summary>The one of these with a manifest under a hash.</summary>
    public static Bundle WithManifest(string hex, ContentHash hash) =>
        new[] { Empty, Small, Ordered, Long, Preopened }.Single(bundle => VectorFile.Hex(bundle.ManifestUnder(hash).Span) == hex);

    public static byte[] Repeat(int count, byte value) => [.. Enumerable.Repeat(value, count)];
}
