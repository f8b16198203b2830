using System.Collections.Concurrent;
using System.Globalization;

namespace Ailee.Vcp.Fuzz;

/// <summary>
/// Throws mutated and random modules at a real server: <c>[cases] [seed]</c>, 20 000 and 1 by default. Ends with 1 if any answer
/// was one that no module may cause. <c>formats [cases] [seed]</c> gives mutated statements and notes to the decoders, and ends with 1
/// at an exception or a lie that was accepted. <c>decoders [cases] [seed] [name]</c> gives each of the other decoders, or those
/// whose names begin so, as many cases, 20 000 by default.
/// <c>http [cases] [seed]</c> sends mutated requests over sockets. The same seed makes the same cases.
/// </summary>
internal static class Program
{
    private const string Formats = "formats";
    private const string Decoding = "decoders";
    private const string Http = "http";

    public static Task<int> Main(string[] args) => args switch
    {
        [Formats, .. var rest] => Task.FromResult(FuzzFormats(rest)),
        [Decoding, .. var rest] => Task.FromResult(FuzzDecoders(rest)),
        [Http, .. var rest] => FuzzHttpAsync(rest),
        _ => FuzzModulesAsync(args),
    };

    private static int FuzzDecoders(string[] args)
    {
        var run = new DecoderFuzz(Number(args, 1, 1));
        run.Run(Number(args, 0, 20_000), args.Length > 2 ? args[2] : string.Empty);
        return Report(run.Summary(), run.Failures);
    }

    private static async Task<int> FuzzHttpAsync(string[] args)
    {
        await using var server = await FuzzedServer.StartAsync();
        var run = new HttpFuzz(server, Number(args, 1, 1));
        await run.RunAsync(Number(args, 0, 5_000));
        return Report(run.Summary(), run.Failures);
    }

    private static int FuzzFormats(string[] args)
    {
        var run = new FormatFuzz(Number(args, 1, 1));
        run.Run(Number(args, 0, 1_000_000));
        return Report(run.Summary(), run.Failures);
    }

    private static async Task<int> FuzzModulesAsync(string[] args)
    {
        await using var server = await FuzzedServer.StartAsync();
        var run = new FuzzRun(server, Number(args, 1, 1));
        await run.RunAsync(Number(args, 0, 20_000));
        return Report(run.Summary(), run.Failures);
    }

    private static int Number(string[] args, int at, int otherwise) => args.Length > at ? int.Parse(args[at], CultureInfo.InvariantCulture) : otherwise;

    private static int Report(string summary, ConcurrentQueue<string> failures)
    {
        Console.WriteLine(summary);
        foreach (var failure in failures.Take(20))
        {
            Console.WriteLine($"FAILED: {failure}");
        }

        return failures.IsEmpty ? 0 : 1;
    }
}
