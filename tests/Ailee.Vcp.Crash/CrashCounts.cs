using System.Globalization;
using System.Text.Json.Serialization;
using Ailee.Vcp.Crash.Faults;

namespace Ailee.Vcp.Crash;

/// <summary>What came of a crash.</summary>
/// <param name="Step">The step.</param>
/// <param name="Fault">The fault.</param>
/// <param name="Operation">The operation that was met, from the begin of the step; 0 if the step had fewer, and the process was killed after it.</param>
/// <param name="Type">What that operation was.</param>
/// <param name="Second">Whether the start after it was killed too.</param>
internal sealed record CrashResult(string Step, string Fault, long Operation, OperationType Type, bool Second);

/// <summary>Counts of a run.</summary>
internal sealed class CrashCounts
{
    /// <summary>Operations of each step.</summary>
    public Dictionary<string, long> Operations { get; init; } = [];

    /// <summary>Crashes by step.</summary>
    public Dictionary<string, int> Steps { get; init; } = [];

    /// <summary>Crashes by fault.</summary>
    public Dictionary<string, int> Faults { get; init; } = [];

    /// <summary>Crashes by the operation that was met.</summary>
    public Dictionary<string, int> Types { get; init; } = [];

    /// <summary>Places of steps that were met.</summary>
    public HashSet<string> Places { get; init; } = [];

    /// <summary>Starts that were killed too.</summary>
    public int Seconds { get; set; }

    /// <summary>Failures.</summary>
    public int Failures { get; set; }

    [JsonIgnore]
    public int Crashes => Faults.Values.Sum();

    public void Counted(Dictionary<string, long> operations)
    {
        foreach (var (step, count) in operations)
        {
            Operations[step] = count;
        }
    }

    public void Add(CrashResult result, TimeSpan took)
    {
        Count(Steps, result.Step);
        Count(Faults, result.Fault);
        Count(Types, result.Operation == 0 ? "after the step" : result.Type.ToString());
        Places.Add(string.Create(CultureInfo.InvariantCulture, $"{result.Step} {result.Operation}"));
        Seconds += result.Second ? 1 : 0;
        if (Environment.GetEnvironmentVariable("VCP_CRASH_TIMES") is not null)
        {
            Console.WriteLine($"{took.TotalMilliseconds:f0} ms {result}");
        }
    }

    public void Fail() => Failures++;

    public void Add(CrashCounts other)
    {
        Counted(other.Operations);
        Add(Steps, other.Steps);
        Add(Faults, other.Faults);
        Add(Types, other.Types);
        Places.UnionWith(other.Places);
        Seconds += other.Seconds;
        Failures += other.Failures;
    }

    public IEnumerable<string> Lines() =>
    [
        .. Steps.OrderBy(step => step.Key, StringComparer.Ordinal).Select(step => $"{step.Key}: {step.Value} crashes at {Places.Count(place => place.StartsWith(step.Key + " ", StringComparison.Ordinal))} places; {Operations.GetValueOrDefault(step.Key)} operations when it was counted"),
        $"faults: {List(Faults)}",
        $"met: {List(Types)}",
    ];

    private static string List(Dictionary<string, int> counts) => string.Join(", ", counts.OrderByDescending(count => count.Value).Select(count => $"{count.Key} {count.Value}"));

    private static void Count(Dictionary<string, int> counts, string key) => counts[key] = counts.GetValueOrDefault(key) + 1;

    private static void Add(Dictionary<string, int> counts, Dictionary<string, int> more)
    {
        foreach (var (key, count) in more)
        {
            counts[key] = counts.GetValueOrDefault(key) + count;
        }
    }
}
