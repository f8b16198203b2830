using System.Diagnostics;

namespace Ailee.Vcp.Benchmarks;

/// <summary>
/// Times a candidate against a baseline in alternating rounds, so that whatever else the machine does hits both, and reports the
/// median round of each.
/// </summary>
internal static class Ratio
{
    private const int Rounds = 15;

    /// <summary>Prints one line and returns candidate ÷ baseline.</summary>
    /// <param name="name">What is compared.</param>
    /// <param name="iterations">Calls in a round.</param>
    /// <param name="baseline">What to divide by.</param>
    /// <param name="candidate">What is measured.</param>
    /// <param name="target">The most that the ratio should be, or null if it is only reported.</param>
    public static double Measure(string name, int iterations, Action baseline, Action candidate, double? target)
    {
        var (low, high) = Compare(iterations, baseline, candidate);
        Console.WriteLine($"{name,-52} {high / low,6:0.000}{(target is null ? string.Empty : $" (target ≤ {target:0.00})"),-18} {high,10:0.0} µs ÷ {low,10:0.0} µs");
        return high / low;
    }

    /// <summary>The median microseconds of a call to each.</summary>
    public static (double Baseline, double Candidate) Compare(int iterations, Action baseline, Action candidate)
    {
        for (var i = 0; i < 3; i++)
        {
            Time(baseline, iterations);
            Time(candidate, iterations);
        }

        var (bases, candidates) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            bases.Add(Time(baseline, iterations));
            candidates.Add(Time(candidate, iterations));
        }

        return (Median(bases), Median(candidates));
    }

    private static double Time(Action action, int iterations)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < iterations; i++)
        {
            action();
        }

        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / iterations;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
