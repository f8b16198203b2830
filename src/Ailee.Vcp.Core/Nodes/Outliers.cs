namespace Ailee.Vcp.Core.Nodes;

/// <summary>
/// Values that stand out, by the modified z-score of Iglewicz and Hoaglin (How to Detect and Handle Outliers, 1993). Advisory: a
/// machine may differ for good reasons, so nothing is decided by it.
/// </summary>
public static class Outliers
{
    /// <summary>A value is an outlier if its score is further from 0 than this.</summary>
    public const double Threshold = 3.5;

    /// <summary>Fewer values than this say nothing of one another: every score is 0.</summary>
    public const int FewestValues = 5;

    // 0.6745 is the 0.75 quantile of the standard normal distribution, to which both spreads are scaled; 1.253314 is √(π ÷ 2).
    private const double MedianScale = 0.6745;
    private const double MeanScale = 1.253314;

    /// <summary>The modified z-score of each value, in their order.</summary>
    /// <remarks>
    /// <c>0.6745 · (x − median) ÷ MAD</c>, where MAD is the true median of the distances from the median. Where it is 0, because more
    /// than half of the values are equal, <c>(x − median) ÷ (1.253314 · mean distance)</c>; where that is 0 too, all are equal and the scores are 0.
    /// </remarks>
    /// <exception cref="ArgumentException">A value is not finite.</exception>
    public static double[] Scores(IReadOnlyList<double> values)
    {
        if (values.Any(value => !double.IsFinite(value)))
        {
            throw new ArgumentException("Only finite values can be compared.", nameof(values));
        }

        if (values.Count < FewestValues)
        {
            return new double[values.Count];
        }

        var median = Median(values);
        double[] distances = [.. values.Select(value => Math.Abs(value - median))];
        var middle = Median(distances);
        var spread = middle > 0 ? middle / MedianScale : MeanScale * distances.Average();
        return spread > 0 ? [.. values.Select(value => (value - median) / spread)] : new double[values.Count];
    }

    /// <summary>Whether a score is an outlier's.</summary>
    public static bool IsOutlier(double score) => Math.Abs(score) > Threshold;

    /// <summary>The value in the middle; for an even number of values, the mean of the two in the middle.</summary>
    /// <exception cref="ArgumentException">There is no value.</exception>
    public static double Median(IReadOnlyList<double> values)
    {
        if (values.Count == 0)
        {
            throw new ArgumentException("No values have no median.", nameof(values));
        }

        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        // Halved before they are added, so that the sum of two large ones does not overflow.
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] / 2) + (sorted[middle] / 2);
    }
}
