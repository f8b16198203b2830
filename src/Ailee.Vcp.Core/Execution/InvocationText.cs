namespace Ailee.Vcp.Core.Execution;

/// <summary>How people write the parts of an invocation, the same in the API and on the command line.</summary>
public static class InvocationText
{
    private const ulong NanosecondsPerTick = 100;

    private static readonly DateTimeOffset DefaultClock = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Reads a seed: 64 hexadecimal digits; null is zeros.</summary>
    public static bool TryParseSeed(string? text, out ReadOnlyMemory<byte> seed)
    {
        var bytes = new byte[Invocation.SeedSizeBytes];
        seed = bytes;
        return text is null || (text.Length == 2 * bytes.Length && Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done);
    }

    /// <summary>Turns a time into the guest's; null is 2000-01-01T00:00:00Z. False before 1970 and from 2554, when 2^64 nanoseconds end.</summary>
    public static bool TryClock(DateTimeOffset? clock, out ulong nanoseconds)
    {
        var ticks = (clock ?? DefaultClock).UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        nanoseconds = ticks < 0 ? 0 : (ulong)ticks * NanosecondsPerTick;
        return ticks >= 0 && (ulong)ticks <= ulong.MaxValue / NanosecondsPerTick;
    }
}
