namespace Ailee.Vcp.Core.Tests.Vectors;

/// <summary>Values, the modified z-score of each, and which of them stand out.</summary>
internal sealed record OutlierVector(string Name, IReadOnlyList<double> Values, IReadOnlyList<double> Scores, IReadOnlyList<int> Outliers)
{
    public static IReadOnlyList<OutlierVector> All { get; } =
    [
        Of("none", 10, 11, 12, 9, 8, 10.5),
        Of("one of an even number", 10, 11, 12, 9, 8, 100),
        Of("one of an odd number", -40, 61.5, 60, 62.25, 63, 58.75, 61),
        Of("on both sides", 1, 50, 51, 52, 50.5, 51.5, 50.25, 120),
        Of("most are equal", 5, 5, 5, 5, 5, 5, 11),
        Of("all are equal", 7, 7, 7, 7, 7, 7),
        Of("too few", 1, 1, 1, 1000),
        Of("half are far away", 1, 2, 3, 1001, 1002, 1003),
        Of("no values"),
    ];

    public OutlierVector Again() => Of(Name, [.. Values]);

    private static OutlierVector Of(string name, params double[] values)
    {
        var scores = Core.Nodes.Outliers.Scores(values);
        return new(
            name,
            values,
            [.. scores.Select(NodeVectors.Rounded)],
            [.. Enumerable.Range(0, scores.Length).Where(index => Core.Nodes.Outliers.IsOutlier(scores[index]))]);
    }
}
