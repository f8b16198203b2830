using System.Text;

namespace Ailee.Vcp.Core.Execution;

/// <summary>
/// Which scratch files come back (docs/design/bundle.md, "Outputs"). <c>*</c> and <c>?</c> stand for characters of a name,
/// <c>**</c> for any number of names; a pattern that fits a directory takes everything below it. Immutable and thread-safe; the
/// time of a match is at most the product of the lengths.
/// </summary>
public sealed class OutputPatterns
{
    /// <summary>Most patterns of an invocation.</summary>
    public const int MaxCount = 64;

    /// <summary>Longest pattern in bytes of UTF-8.</summary>
    public const int MaxBytes = 1024;

    private const string AnyNames = "**";

    private readonly string[][] _patterns;

    private OutputPatterns(IReadOnlyList<string> canonical)
    {
        Canonical = canonical;
        _patterns = [.. canonical.Select(pattern => pattern.Split('/'))];
    }

    /// <summary>No pattern: nothing comes back.</summary>
    public static OutputPatterns None { get; } = new([]);

    /// <summary>The patterns as an invocation holds them: without <c>/</c> or <c>./</c> at the start and <c>/</c> at the end, each once, sorted.</summary>
    public IReadOnlyList<string> Canonical { get; }

    /// <summary>Reads patterns as people write them.</summary>
    /// <param name="texts">The patterns; <c>.</c> and <c>/</c> stand for everything.</param>
    /// <param name="patterns">The patterns, or <see cref="None"/> if there is a problem.</param>
    /// <param name="problem">What is wrong with the first bad one, in a sentence; empty if nothing.</param>
    public static bool TryParse(IReadOnlyList<string> texts, out OutputPatterns patterns, out string problem)
    {
        patterns = None;
        problem = texts.Count > MaxCount ? $"There may be {MaxCount} patterns." : string.Empty;
        var canonical = new SortedSet<string>(Utf8Order.Instance);
        for (var i = 0; i < texts.Count && problem.Length == 0; i++)
        {
            var text = Normalize(texts[i]);
            problem = ProblemOf(text) is { } found ? $"Pattern {i + 1} {found}" : string.Empty;
            canonical.Add(text);
        }

        if (problem.Length == 0 && canonical.Count > 0)
        {
            patterns = new OutputPatterns([.. canonical]);
        }

        return problem.Length == 0;
    }

    /// <summary>Whether a file comes back.</summary>
    /// <param name="path">Relative to the root, in canonical form.</param>
    public bool Matches(string path) => Array.Exists(_patterns, pattern => Fits(pattern, path));

    private static string Normalize(string text)
    {
        var start = text.StartsWith("./", StringComparison.Ordinal) ? 2 : text.StartsWith('/') ? 1 : 0;
        var end = text.Length > start && text.EndsWith('/') ? text.Length - 1 : text.Length;
        return text[start..end] is var rest && (rest.Length > 0 || start == 0) && rest != "." ? rest : AnyNames;
    }

    private static string? ProblemOf(string text) =>
        text.Length == 0 ? "is empty."
        : text.Contains('\0', StringComparison.Ordinal) || text.Where((_, i) => !IsWhole(text, i)).Any() ? "is no text that a path could have."
        : Encoding.UTF8.GetByteCount(text) > MaxBytes ? $"has more than {MaxBytes} bytes."
        : text.Split('/').Any(segment => segment is "" or "." or "..") ? "has a segment that is empty, '.' or '..'."
        : null;

    private static bool IsWhole(string text, int at) =>
        char.IsHighSurrogate(text[at]) ? at + 1 < text.Length && char.IsLowSurrogate(text[at + 1])
        : !char.IsLowSurrogate(text[at]) || (at > 0 && char.IsHighSurrogate(text[at - 1]));

    // All places of the pattern at which the names so far may have led, at once: no way back is ever needed.
    private static bool Fits(string[] pattern, string path)
    {
        var places = new bool[pattern.Length + 1];
        Reach(places, pattern, 0);
        foreach (var range in path.AsSpan().Split('/'))
        {
            var name = path.AsSpan(range);
            var next = new bool[pattern.Length + 1];
            for (var at = 0; at < pattern.Length; at++)
            {
                if (places[at] && pattern[at] == AnyNames)
                {
                    Reach(next, pattern, at);
                }
                else if (places[at] && NameFits(pattern[at], name))
                {
                    Reach(next, pattern, at + 1);
                }
            }

            if (next[pattern.Length])
            {
                // The whole pattern fits the file or a directory above it.
                return true;
            }

            places = next;
        }

        return false;
    }

    // '**' may stand for no name at all.
    private static void Reach(bool[] places, string[] pattern, int at)
    {
        places[at] = true;
        while (at < pattern.Length && pattern[at] == AnyNames)
        {
            places[++at] = true;
        }
    }

    // Only the last '*' need ever be widened: what stands before it has found its first place, and a later one opens nothing new.
    private static bool NameFits(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        var (p, n, star, mark) = (0, 0, -1, 0);
        while (n < name.Length)
        {
            var width = char.IsHighSurrogate(name[n]) && n + 1 < name.Length ? 2 : 1;
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, mark) = (p++, n);
            }
            else if (p < pattern.Length && pattern[p] == '?')
            {
                (p, n) = (p + 1, n + width);
            }
            else if (p < pattern.Length && pattern[p] == name[n])
            {
                (p, n) = (p + 1, n + 1);
            }
            else if (star >= 0)
            {
                mark += char.IsHighSurrogate(name[mark]) && mark + 1 < name.Length ? 2 : 1;
                (p, n) = (star + 1, mark);
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].IndexOfAnyExcept('*') < 0;
    }
}
