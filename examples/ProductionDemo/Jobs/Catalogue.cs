using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ailee.Vcp.ProductionDemo.Fleets;

namespace Ailee.Vcp.ProductionDemo.Jobs;

/// <summary>A task to be, and what must come of it.</summary>
/// <param name="Guest">Name of the guest.</param>
/// <param name="Title">What it does, for people.</param>
/// <param name="Case">What is run, and what is right.</param>
/// <param name="IsLong">Whether it runs for seconds, long enough to be killed in the middle.</param>
internal sealed record Job(string Guest, string Title, GuestCase Case, bool IsLong = false);

/// <summary>The jobs of the demo: the example guests, over and over. Results of the short ones are those of <c>cases.json</c>.</summary>
internal static class Catalogue
{
    // Some seconds of a core; the first guest that the viewer sees should not be over at once.
    private const int Rounds = 4_000_000;

    private static readonly (string Case, string Title)[] Short =
    [
        ("wordfreq-text", "the ten most frequent words of a story"),
        ("math-fib-92", "the 92nd Fibonacci number"),
        ("mandelbrot-png", "a picture of 320 × 240, as PNG"),
        ("mlp-digits", "handwritten digits, by a neural network"),
        ("files-samples", "a tree of files read, a mebibyte written"),
        ("json-indented", "a document, indented"),
        ("bytes-base64", "a story in base64"),
        ("math-mean", "the mean of two numbers"),
        ("sha256-default", "\"abc\", hashed 100,000 times over"),
    ];

    /// <summary>So many jobs, a long one first and then every tenth.</summary>
    public static IReadOnlyList<Job> Jobs(int count)
    {
        using var file = File.OpenRead(Path.Combine(Locations.Guests, "cases.json"));
        var cases = JsonSerializer.Deserialize<List<GuestCase>>(file, JsonSerializerOptions.Web)!.ToDictionary(each => each.Name);
        List<Job> all = [Long(), .. Short.Select(each => new Job(cases[each.Case].Guest.Split('/')[0], each.Title, cases[each.Case]))];
        return [.. Enumerable.Range(0, count).Select(index => all[index % all.Count])];
    }

    // No list has this one's result. It is worked out here, by another implementation of SHA-256 than the guest's.
    private static Job Long()
    {
        const string input = "sha256/samples/abc.txt";
        var digest = SHA256.HashData(File.ReadAllBytes(Path.Combine(Locations.Guests, input)));
        for (var i = 0; i < Rounds; i++)
        {
            SHA256.HashData(digest, digest);
        }

        var stdout = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(digest) + "\n")));
        var rounds = JsonSerializer.SerializeToElement(Rounds.ToString(CultureInfo.InvariantCulture));
        var run = new GuestCase("sha256-long", "sha256/sha256.wasm", null, [rounds], null, input, null, stdout, null, null);
        return new Job("sha256", $"\"abc\", hashed {Rounds.ToString("N0", CultureInfo.InvariantCulture)} times over", run, IsLong: true);
    }
}
