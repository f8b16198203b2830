namespace Ailee.Vcp.Server.Telemetry;

/// <summary>The last five measurements; their median is what counts, so that one that went wrong does not. Not thread-safe.</summary>
internal sealed class LastFive
{
    private const int Size = 5;

    private readonly double[] _values = new double[Size];
    private int _added;

    /// <summary>Adds a measurement and returns the median of the last five; of an even number, the mean of the two in the middle.</summary>
    public double Add(double value)
    {
        _values[_added % Size] = value;
        _added++;
        var count = Math.Min(_added, Size);
        Span<double> sorted = stackalloc double[Size];
        _values.AsSpan(0, count).CopyTo(sorted);
        sorted = sorted[..count];
        sorted.Sort();
        return count % 2 == 1 ? sorted[count / 2] : (sorted[(count / 2) - 1] + sorted[count / 2]) / 2;
    }
}
