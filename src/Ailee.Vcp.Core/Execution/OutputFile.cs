using System.Text;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Core.Merkle;

namespace Ailee.Vcp.Core.Execution;

/// <summary>A file that a guest gave back.</summary>
/// <param name="Path">Where it lay, relative to the root.</param>
/// <param name="Content">Commitment to its bytes.</param>
public sealed record OutputFile(string Path, Blob Content)
{
    /// <summary>Longest path in bytes of UTF-8.</summary>
    public const int MaxPathBytes = BundlePath.MaxBytes;

    /// <summary>Most bytes of UTF-8 that the paths of all files of a record have together.</summary>
    public const int MaxPathsBytes = 1 << 20;

    /// <summary>The order of files in a record: that of their paths as CBOR keys (RFC 8949 §4.2.1), so shorter ones first.</summary>
    public static IComparer<string> Order { get; } = Comparer<string>.Create(static (left, right) =>
        Encoding.UTF8.GetByteCount(left).CompareTo(Encoding.UTF8.GetByteCount(right)) is var byLength and not 0 ? byLength : Utf8Order.Instance.Compare(left, right));
}
