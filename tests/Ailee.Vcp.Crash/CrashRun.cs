using System.Diagnostics;
using System.Globalization;
using Ailee.Vcp.Crash.Checks;
using Ailee.Vcp.Crash.Faults;
using Ailee.Vcp.Crash.Nodes;
using Ailee.Vcp.Crash.Steps;

namespace Ailee.Vcp.Crash;

/// <summary>One worker's part of the crashes, chain by chain.</summary>
internal sealed class CrashRun(CrashOptions options, FaultControl control, string directory) : IDisposable
{
    private readonly NodeMachine _machine = new();
    private readonly Dictionary<string, long> _operations = [];
    private readonly CrashCounts _counts = new();

    /// <summary>Runs them. Failures are told at once, the counts at the end.</summary>
    public async Task<CrashCounts> RunAsync()
    {
        await CountAsync();
        var chains = CrashCase.Plan(options).GroupBy(item => item.Chain).Where(chain => options.Chain is { } one ? chain.Key == one : chain.Key % options.Workers == options.Worker);
        foreach (var chain in chains)
        {
            await RunAsync(chain.Key, [.. chain]);
        }

        return _counts;
    }

    public void Dispose() => _machine.Dispose();

    /// <summary>Does every step once, without a fault, and counts what it does to files.</summary>
    private async Task CountAsync()
    {
        await using var life = NewLife(0);
        foreach (var step in AllSteps.List)
        {
            _operations[step.Name] = await life.CountAsync(step);
            await life.CrashAsync(null);
        }

        _counts.Counted(_operations);
    }

    private async Task RunAsync(int number, List<CrashCase> cases)
    {
        var life = NewLife(number);
        try
        {
            foreach (var (at, item) in cases.Index())
            {
                var began = Stopwatch.GetTimestamp();
                try
                {
                    _counts.Add(await life.RunAsync(item, _operations[item.Step.Name], _operations["start"]), Stopwatch.GetElapsedTime(began));
                }
                catch (Exception exception)
                {
                    Fail(life, number, at, item, exception);
                    await life.DisposeAsync();
                    life = NewLife(number + 1_000_000);
                }
            }
        }
        finally
        {
            await life.DisposeAsync();
        }
    }

    private ServerLife NewLife(int number) => new(control, _machine, Path.Combine(directory, number.ToString(CultureInfo.InvariantCulture)), new Random(options.Seed ^ (number << 8)));

    private void Fail(ServerLife life, int chain, int at, CrashCase item, Exception exception)
    {
        _counts.Fail();
        var what = exception is CheckException ? exception.Message : exception.ToString();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"FAILED --seed {options.Seed} --crashes {options.Crashes} --chain {chain}: crash {at}, {item.Step.Name}, {item.Fault.Name} at {life.Place}: {what}"));
        foreach (var line in life.Errors)
        {
            Console.WriteLine($"    server: {line}");
        }
    }
}
