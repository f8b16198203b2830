namespace Ailee.Vcp.Core.Bundles;

/// <summary>A tree of files that cannot be a bundle.</summary>
/// <param name="code">One of <see cref="BundleCodes"/>.</param>
/// <param name="message">A sentence for people.</param>
public sealed class BundleException(string code, string message) : Exception(message)
{
    /// <summary>One of <see cref="BundleCodes"/>.</summary>
    public string Code { get; } = code;
}

/// <summary>Why a tree is refused.</summary>
public static class BundleCodes
{
    /// <summary>No tar, a damaged one, or a tree that contradicts itself.</summary>
    public const string Invalid = "bundle-invalid";

    /// <summary>A path or a link that leads out of the tree, or a device.</summary>
    public const string UnsafePath = "bundle-unsafe-path";

    /// <summary>More than the limits allow.</summary>
    public const string TooLarge = "bundle-too-large";
}
