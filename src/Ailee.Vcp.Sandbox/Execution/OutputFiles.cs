using System.Text;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Sandbox.Files;

namespace Ailee.Vcp.Sandbox.Execution;

/// <summary>The scratch files that a run brings back (docs/design/statement.md, "Output record").</summary>
/// <param name="Records">Path and commitment of each, in the order of the record.</param>
/// <param name="Contents">Their bytes, in the same order.</param>
/// <param name="IsComplete">False if some were left out because together they are more than scratch may hold, or their paths too long.</param>
internal sealed record OutputFiles(IReadOnlyList<OutputFile> Records, IReadOnlyList<ReadOnlyMemory<byte>> Contents, bool IsComplete)
{
    /// <summary>Nothing was asked for.</summary>
    public static OutputFiles None { get; } = new([], [], IsComplete: true);

    /// <summary>The bytes of all files.</summary>
    public long SizeBytes => Records.Sum(file => file.Content.Length);

    public static OutputFiles Collect(GuestState state)
    {
        var asked = state.Request.Invocation.Outputs;
        if (asked.Count == 0 || !state.UsesFiles)
        {
            return None;
        }

        if (!OutputPatterns.TryParse(asked, out var patterns, out var problem))
        {
            throw new InvalidOperationException(problem);
        }

        var found = Matching(state, patterns);
        var kept = Fitting(found.ConvertAll(file => (file.Path, file.File.SizeBytes)), state.Request.Invocation.Limits);
        var taken = found.Take(kept).OrderBy(file => file.Path, OutputFile.Order).Select(file => (file.Path, Bytes: file.File.Content.ToArray())).ToList();
        return new OutputFiles(
            taken.ConvertAll(file => new OutputFile(file.Path, Blob.Of(file.Bytes, state.Request.Hash))),
            taken.ConvertAll(file => (ReadOnlyMemory<byte>)file.Bytes),
            kept == found.Count);
    }

    /// <summary>How many files from the first come back; they are in ascending order of their paths.</summary>
    internal static int Fitting(List<(string Path, long SizeBytes)> files, DeterministicLimits limits)
    {
        // One file may have many names, so that what comes back can be more than scratch ever held.
        var (kept, bytes, pathBytes) = (0, 0L, 0);
        for (; kept < files.Count && kept < limits.ScratchEntries; kept++)
        {
            bytes += files[kept].SizeBytes;
            pathBytes += Encoding.UTF8.GetByteCount(files[kept].Path);
            if (bytes > limits.ScratchBytes || pathBytes > OutputFile.MaxPathsBytes)
            {
                break;
            }
        }

        return kept;
    }

    private static List<(string Path, FileInode File)> Matching(GuestState state, OutputPatterns patterns)
    {
        var found = new List<(string Path, FileInode File)>();
        foreach (var file in ScratchFiles.Of(state.Files))
        {
            // A guest can make this long: many names, each compared with many patterns.
            state.ThrowIfInterrupted();
            if (patterns.Matches(file.Path))
            {
                found.Add(file);
            }
        }

        found.Sort(static (left, right) => Utf8Order.Instance.Compare(left.Path, right.Path));
        return found;
    }
}
