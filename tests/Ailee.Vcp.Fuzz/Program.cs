using System.Globalization;

namespace Ailee.Vcp.Fuzz;

/// <summary>
/// Throws mutated and random modules at a real server: <c>[cases] [seed]</c>, 20 000 and 1 by default. Ends with 1 if any answer
/// was one that no module may cause. The same seed makes the same cases.
/// </summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        var cases = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 20_000;
        var seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1;
        await using var server = await FuzzedServer.StartAsync();
        var run = new FuzzRun(server, seed);
        await run.RunAsync(cases);
        Console.WriteLine(run.Summary());
        foreach (var failure in run.Failures.Take(20))
        {
            Console.WriteLine($"FAILED: {failure}");
        }

        return run.Failures.IsEmpty ? 0 : 1;
    }
}
