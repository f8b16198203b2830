using System.Text;

namespace Ailee.Vcp.Core.Execution;

/// <summary>
/// Which scratch files come back (docs/design/bundle.md, "Outputs"). <c>*</c> and <c>?</c> stand for characters of a name,
/// <c>**</c> for any number of names; a pattern that fits a directory takes everything below it. Immutable and thread-safe. A match
/// takes at most about 0.1 ms: the bound on the patterns' bytes is there for that.
/// </summary>
public sealed class OutputPatterns
{
    /// <summary>Most patterns of an invocation.</summary>
    public const int MaxCount = 64;

    /// <summary>Most bytes of UTF-8 that the patterns have together, each counted once and in its canonical form.</summary>
    public const int MaxBytes = 1024;

    private const string AnyNames = "**";

    private readonly PatternStates _states;

    private OutputPatterns(IReadOnlyList<string> canonical)
    {
        Canonical = canonical;
        _states = new PatternStates(canonical);
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

        if (problem.Length == 0 && canonical.Sum(Encoding.UTF8.GetByteCount) > MaxBytes)
        {
            problem = $"The patterns have more than {MaxBytes} bytes together.";
        }

        if (problem.Length == 0 && canonical.Count > 0)
        {
            patterns = new OutputPatterns([.. canonical]);
        }

        return problem.Length == 0;
    }

    /// <summary>Whether a file comes back.</summary>
    /// <param name="path">Relative to the root, in canonical form.</param>
    public bool Matches(string path) => Canonical.Count > 0 && _states.Fit(path);

    private static string Normalize(string text)
    {
        var start = text.StartsWith("./", StringComparison.Ordinal) ? 2 : text.StartsWith('/') ? 1 : 0;
        var end = text.Length > start && text.EndsWith('/') ? text.Length - 1 : text.Length;
        return text[start..end] is var rest && (rest.Length > 0 || start == 0) && rest != "." ? rest : AnyNames;
    }

    private static string? ProblemOf(string text) =>
        text.Length == 0 ? "is empty."
        : text.Length > MaxBytes || Encoding.UTF8.GetByteCount(text) > MaxBytes ? $"has more than {MaxBytes} bytes."
        : text.Contains('\0', StringComparison.Ordinal) || text.Where((_, i) => !IsWhole(text, i)).Any() ? "is no text that a path could have."
        : text.Split('/').Any(segment => segment is "" or "." or "..") ? "has a segment that is empty, '.' or '..'."
        : null;

    private static bool IsWhole(string text, int at) =>
        char.IsHighSurrogate(text[at]) ? at + 1 < text.Length && char.IsLowSurrogate(text[at + 1])
        : !char.IsLowSurrogate(text[at]) || (at > 0 && char.IsHighSurrogate(text[at - 1]));
}
