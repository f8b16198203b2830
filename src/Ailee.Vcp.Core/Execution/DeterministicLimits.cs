using System.Formats.Cbor;
using Ailee.Vcp.Core.Cbor;

namespace Ailee.Vcp.Core.Execution;

/// <summary>
/// The limits that the guest can notice, so they are part of the input digest. Wall time is none of them: it never decides an
/// outcome that is signed.
/// </summary>
/// <param name="MemoryBytes">Most bytes of linear memory; a growth beyond it answers −1.</param>
/// <param name="Instructions">Most instructions, counted as Wasmtime fuel plus what host calls burn.</param>
/// <param name="StdoutBytes">Most bytes on stdout; more is <see cref="Outcome.OutputLimit"/>.</param>
/// <param name="StderrBytes">Most bytes on stderr; more is <see cref="Outcome.OutputLimit"/>.</param>
/// <param name="TableElements">Most elements of each table; a growth beyond it answers −1.</param>
/// <param name="ScratchBytes">Most bytes in files that the guest makes or changes; more is no space left (errno 51).</param>
/// <param name="ScratchEntries">Most names that the guest adds to directories; more is no space left (errno 51).</param>
/// <param name="Descriptors">Most descriptors open at once; more is too many open files (errno 33).</param>
public sealed record DeterministicLimits(
    long MemoryBytes,
    long Instructions,
    long StdoutBytes,
    long StderrBytes,
    long TableElements,
    long ScratchBytes,
    long ScratchEntries,
    long Descriptors)
{
    // Without files there is no limit to them: the last three keys are left out together. So it was before there were files, and what
    // was signed then stays what it was.
    private const int Count = 8;
    private const int CountWithoutFiles = 5;

    private bool HasFiles => (ScratchBytes | ScratchEntries | Descriptors) != 0;

    internal void Write(CborWriter writer)
    {
        long[] values = [MemoryBytes, Instructions, StdoutBytes, StderrBytes, TableElements, ScratchBytes, ScratchEntries, Descriptors];
        var count = HasFiles ? Count : CountWithoutFiles;
        writer.WriteStartMap(count);
        for (var key = 1; key <= count; key++)
        {
            writer.WriteInt32(key);
            writer.WriteInt64(values[key - 1]);
        }

        writer.WriteEndMap();
    }

    internal static DeterministicLimits Read(ShapeReader reader)
    {
        var count = reader.Map("limits");
        if (count is not (Count or CountWithoutFiles))
        {
            throw reader.Wrong($"limits must have {Count} entries, or {CountWithoutFiles} without files.");
        }

        var values = new long[Count];
        for (var key = 1; key <= count; key++)
        {
            reader.Key(key);
            values[key - 1] = reader.Integer("a limit");
            if (values[key - 1] < 0)
            {
                throw reader.Wrong("a limit is negative.");
            }
        }

        reader.EndMap();
        var limits = new DeterministicLimits(values[0], values[1], values[2], values[3], values[4], values[5], values[6], values[7]);
        return limits.HasFiles == (count == Count) ? limits : throw reader.Wrong("limits of files are all zero: they must be left out.");
    }
}
