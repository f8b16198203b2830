using System.Text;
using Ailee.Vcp.Core.Bundles;

namespace Ailee.Vcp.Server.Tests.Hosting;

/// <summary>Bundles for tests.</summary>
internal static class Trees
{
    /// <summary>A bundle of files with these texts.</summary>
    public static Bundle Of(params (string Path, string Text)[] files)
    {
        var builder = new BundleBuilder(BundleLimits.Default);
        foreach (var (path, text) in files)
        {
            builder.AddFile(path, Encoding.UTF8.GetBytes(text));
        }

        return builder.Build();
    }

    /// <summary>Its tar as a stream.</summary>
    public static MemoryStream Tar(this Bundle bundle) => new(BundleTarWriter.Write(bundle));
}
