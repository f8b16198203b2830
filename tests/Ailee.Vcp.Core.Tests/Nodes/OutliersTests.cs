using Ailee.Vcp.Core.Nodes;
using CsCheck;

namespace Ailee.Vcp.Core.Tests.Nodes;

public sealed class OutliersTests
{
    private static readonly Gen<double[]> Values = Gen.Double[-1e6, 1e6].Array[0, 40];

    [Theory]
    [InlineData(3.0, 3.0)]
    [InlineData(2.5, 1.0, 4.0, 2.0, 3.0)]
    [InlineData(2.0, 9.0, 1.0, 2.0)]
    [InlineData(1.0, 1.0, 1.0)]
    public void Median_Values_IsTheTrueOne(double expected, params double[] values) => Assert.Equal(expected, Outliers.Median(values));

    [Fact]
    public void Median_OfLargeOrNoValues_IsFiniteOrRefused()
    {
        Assert.Equal(double.MaxValue, Outliers.Median([double.MaxValue, double.MaxValue]));
        Assert.Throws<ArgumentException>(() => Outliers.Median([]));
    }

    // Median 10.5; distances 0.5, 0.5, 1.5, 1.5, 2.5 and 89.5, whose median is 1.5.
    [Fact]
    public void Scores_OneFarAway_IsTheOnlyOutlier()
    {
        var scores = Outliers.Scores([10, 11, 12, 9, 8, 100]);

        Assert.Equal(0.6745 * -0.5 / 1.5, scores[0], 12);
        Assert.Equal(0.6745 * 89.5 / 1.5, scores[5], 9);
        Assert.Equal([5], Enumerable.Range(0, 6).Where(index => Outliers.IsOutlier(scores[index])));
    }

    [Fact]
    public void Scores_MostAreEqual_MeanDistanceTakesOver()
    {
        var scores = Outliers.Scores([5, 5, 5, 5, 5, 5, 11]);

        Assert.Equal(6 / (1.253314 * (6.0 / 7)), scores[6], 12);
        Assert.True(Outliers.IsOutlier(scores[6]));
        Assert.All(scores.Take(6), score => Assert.Equal(0, score));
    }

    [Fact]
    public void Scores_AllEqualOrTooFew_AreZero()
    {
        Assert.All(Outliers.Scores([7, 7, 7, 7, 7, 7]), score => Assert.Equal(0, score));
        Assert.Equal([0, 0, 0, 0], Outliers.Scores([1, 1, 1, 1000]));
        Assert.Empty(Outliers.Scores([]));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Scores_NotFinite_IsRefused(double value) => Assert.Throws<ArgumentException>(() => Outliers.Scores([1, 2, 3, 4, value]));

    [Theory]
    [InlineData(3.5, false)]
    [InlineData(3.5001, true)]
    [InlineData(-3.5001, true)]
    public void IsOutlier_Score_BeyondTheThreshold(double score, bool expected) => Assert.Equal(expected, Outliers.IsOutlier(score));

    [Fact]
    public void Scores_Anything_AreFiniteAndOrderedAsTheValues() => Values.Sample(values =>
    {
        var scores = Outliers.Scores(values);

        Assert.Equal(values.Length, scores.Length);
        Assert.All(scores, score => Assert.True(double.IsFinite(score)));
        var sorted = values.Zip(scores).OrderBy(pair => pair.First).Select(pair => pair.Second).ToArray();
        Assert.Equal(sorted.Order(), sorted);
    });

    // No more than half can stand out: that is what the median is for.
    [Fact]
    public void Scores_Anything_LessThanHalfAreOutliers() => Values.Sample(values =>
        Assert.True(2 * Outliers.Scores(values).Count(Outliers.IsOutlier) <= values.Length));
}
