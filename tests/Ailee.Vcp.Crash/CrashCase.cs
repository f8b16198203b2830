using Ailee.Vcp.Crash.Faults;
using Ailee.Vcp.Crash.Steps;

namespace Ailee.Vcp.Crash;

/// <summary>A crash that is to be.</summary>
/// <param name="Chain">Number of the directory that it happens to, one crash after the other.</param>
/// <param name="Step">What is going on.</param>
/// <param name="Place">How far that has come: from 0 to below 1 of its operations.</param>
/// <param name="Fault">What happens.</param>
/// <param name="Second">How far the start after it comes before it is killed too; null if it is not.</param>
internal sealed record CrashCase(int Chain, Step Step, double Place, Fault Fault, double? Second)
{
    private const int ChainLength = 20;
    private const double SecondRate = 0.2;

    /// <summary>
    /// The crashes of a run: each step as often as its weight says, at places that are spread evenly over its operations.
    /// </summary>
    public static List<CrashCase> Plan(CrashOptions options)
    {
        var random = new Random(options.Seed);
        var steps = AllSteps.List.Where(step => options.Step is null || step.Name == options.Step).ToList();
        var total = steps.Sum(step => step.Weight);
        var cases = new List<(Step Step, double Place)>();
        var (sum, before) = (0, 0);
        foreach (var step in steps)
        {
            sum += step.Weight;
            var upTo = (int)((long)options.Crashes * sum / total);
            cases.AddRange(Enumerable.Range(0, upTo - before).Select(number => (step, (number + random.NextDouble()) / (upTo - before))));
            before = upTo;
        }

        var mixed = cases.ToArray();
        random.Shuffle(mixed);
        return [.. mixed.Select((item, number) => new CrashCase(
            number / ChainLength,
            item.Step,
            item.Place,
            Fault.Draw(random),
            random.NextDouble() < SecondRate ? random.NextDouble() : null))];
    }
}
