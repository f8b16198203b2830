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
    private const int Count = 8;

    internal void Write(CborWriter writer)
    {
        long[] values = [MemoryBytes, Instructions, StdoutBytes, StderrBytes, TableElements, ScratchBytes, ScratchEntries, Descriptors];
        writer.WriteStartMap(Count);
        for (var key = 1; key <= Count; key++)
        {
            writer.WriteInt32(key);
            writer.WriteInt64(values[key - 1]);
        }

        writer.WriteEndMap();
    }

    internal static DeterministicLimits Read(ShapeReader reader)
    {
        reader.Map(Count, "limits");
        var values = new long[Count];
        for (var key = 1; key <= Count; key++)
        {
            reader.Key(key);
            values[key - 1] = reader.Integer("a limit");
            if (values[key - 1] < 0)
            {
                throw reader.Wrong("a limit is negative.");
            }
        }

        reader.EndMap();
        return new DeterministicLimits(values[0], values[1], values[2], values[3], values[4], values[5], values[6], values[7]);
    }
}
