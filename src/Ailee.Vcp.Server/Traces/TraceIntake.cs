using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;

namespace Ailee.Vcp.Server.Traces;

/// <summary>What is asked of the trace beside a statement. All hashes must be there, so that a leaf can be proven without the others; leaves may be missing.</summary>
internal static class TraceIntake
{
    private const long MostBytes = 16 * 1024 * 1024;

    /// <summary>The hashes of a report; none if they are cut off, which no statement fits.</summary>
    public static IReadOnlyList<Digest> Hashes(LeaseReport report) => report.TraceHashes.Length % Digest.SizeBytes != 0
        ? []
        : [.. Enumerable.Range(0, report.TraceHashes.Length / Digest.SizeBytes).Select(i => new Digest(report.TraceHashes.Span.Slice(i * Digest.SizeBytes, Digest.SizeBytes)))];

    /// <summary>Whether the leaves of a report are no more than are kept.</summary>
    public static bool Fits(IReadOnlyList<ReadOnlyMemory<byte>> leaves) => leaves.Sum(leaf => (long)leaf.Length) <= MostBytes;
}
