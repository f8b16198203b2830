using System.Collections.Concurrent;
using System.Globalization;

namespace Ailee.Vcp.Fuzz;

/// <summary>
/// Gives mutated samples to every decoder that takes a stranger's bytes and that <see cref="FormatFuzz"/> does not cover. Notes every exception that is not
/// the decoder's own way to refuse, everything that has two encodings, and everything that is accepted and must not be.
/// </summary>
internal sealed class DecoderFuzz(int seed)
{
    // More time for one small input than any decoder may take, on a machine that has other things to do.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<string, Tally> _tallies = new();

    public ConcurrentQueue<string> Failures { get; } = new();

    /// <param name="cases">How many inputs each decoder gets.</param>
    /// <param name="name">How the names of the decoders begin that get any.</param>
    public void Run(int cases, string name)
    {
        foreach (var decoder in Decoders.All().Where(decoder => decoder.Name.StartsWith(name, StringComparison.Ordinal)))
        {
            var mutator = new FormatMutator(decoder.Samples);
            var tally = _tallies[decoder.Name] = new Tally();
            foreach (var sample in decoder.Samples)
            {
                // A decoder that refuses what is good would be fuzzed in vain.
                if (decoder.Run(sample) is not Verdict.Accepted)
                {
                    Failures.Enqueue($"{decoder.Name} refuses a sample: {Convert.ToHexStringLower(sample)}");
                }
            }

            Parallel.For(0, cases, number => Case(decoder, mutator, tally, number));
        }
    }

    public string Summary() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_tallies.Values.Sum(tally => tally.Accepted + tally.Refused)} mutated inputs to {_tallies.Count} decoders, seed {seed}, accepted and refused: {string.Join(", ", _tallies.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {pair.Value.Accepted} + {pair.Value.Refused}"))}; {Failures.Count} failures");

    private void Case(Decoder decoder, FormatMutator mutator, Tally tally, int number)
    {
        var random = new Random(unchecked((seed * 1_000_003) ^ (number * 31)));
        var bytes = decoder.IsText && random.Next(2) == 0 ? System.Text.Encoding.UTF8.GetBytes(mutator.NextText(random)) : mutator.Next(random);
        var begun = System.Diagnostics.Stopwatch.GetTimestamp();
        string? problem;
        try
        {
            var verdict = decoder.Run(bytes);
            problem = (verdict as Verdict.Wrong)?.Why;
            Interlocked.Increment(ref verdict is Verdict.Refused ? ref tally.Refused : ref tally.Accepted);
        }
#pragma warning disable CA1031 // Any exception at all is what is looked for.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            problem = $"{exception.GetType().Name}: {exception.Message}";
        }

        if (System.Diagnostics.Stopwatch.GetElapsedTime(begun) > Longest)
        {
            problem = "took too long";
        }

        if (problem is not null)
        {
            Failures.Enqueue($"{decoder.Name} case {number}: {problem}: {Convert.ToHexStringLower(bytes.AsSpan(0, Math.Min(bytes.Length, 4096)))}");
        }
    }

    private sealed class Tally
    {
        public int Accepted;
        public int Refused;
    }
}

/// <summary>A decoder with inputs that it takes.</summary>
/// <param name="IsText">Whether lines are worth moving about.</param>
internal sealed record Decoder(string Name, IReadOnlyList<byte[]> Samples, Func<byte[], Verdict> Run, bool IsText = false);

/// <summary>What came of an input.</summary>
internal abstract record Verdict
{
    private Verdict()
    {
    }

    public static Verdict Of(bool isAccepted) => isAccepted ? new Accepted() : new Refused();

    /// <summary>What is read must come out the same when it is written.</summary>
    public static Verdict OfEncoding(byte[]? encoded, byte[] bytes) =>
        encoded is null ? new Refused() : encoded.AsSpan().SequenceEqual(bytes) ? new Accepted() : new Wrong("it has two encodings");

    internal sealed record Accepted : Verdict;

    internal sealed record Refused : Verdict;

    internal sealed record Wrong(string Why) : Verdict;
}
