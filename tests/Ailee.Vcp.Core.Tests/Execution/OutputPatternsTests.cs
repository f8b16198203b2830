using System.Text.RegularExpressions;
using Ailee.Vcp.Core.Execution;
using CsCheck;

namespace Ailee.Vcp.Core.Tests.Execution;

public sealed class OutputPatternsTests
{
    private static readonly string Deep = string.Concat(Enumerable.Repeat("a/", 2047));

    private static readonly Gen<string> AnyPattern = Gen.OneOf([.. new[] { "a", "b", "ab", "*", "**", "?", "a*", "*b", "*a*b", "??" }.Select(name => Gen.Const(name))]).Array[1, 5].Select(names => string.Join('/', names));

    private static readonly Gen<string> AnyPath = Gen.OneOf([.. new[] { "a", "b", "ab", "aab", "ba" }.Select(name => Gen.Const(name))]).Array[1, 6].Select(names => string.Join('/', names));

    [Fact]
    public void Matches_AnyPatternAndPath_AgreesWithARegularExpression() => Gen.Select(AnyPattern, AnyPath).Sample(
        (pattern, path) => Assert.Equal(Expression(pattern).IsMatch(path + "/"), Parse(pattern).Matches(path)),
        iter: 5_000);

    // Behind others, so that states lie at every place of a word and across two.
    [Fact]
    public void Matches_SeveralPatterns_AgreesWithAnyOfThem() => Gen.Select(AnyPattern.Array[1, 12], Gen.Int[0, 130], AnyPath).Sample(
        (patterns, before, path) => Assert.Equal(
            patterns.Any(pattern => Expression(pattern).IsMatch(path + "/")),
            Parse([new string('!', before + 1), .. patterns]).Matches(path)),
        iter: 5_000);

    [Fact]
    public void TryParse_Canonical_IsTheSameAgain() => AnyPattern.Array[0, 5].Sample(patterns =>
    {
        var canonical = Parse([.. patterns, .. patterns.Select(pattern => $"./{pattern}/")]).Canonical;

        Assert.Equal(canonical, Parse([.. canonical]).Canonical);
        Assert.Equal(patterns.Distinct().Order(StringComparer.Ordinal), canonical);
    });

    [Fact]
    public void TryParse_AtAndBeyondTheLimits_IsTakenAndRefused()
    {
        var longest = new string('a', OutputPatterns.MaxBytes);
        var most = (List<string>)[.. Enumerable.Range(0, OutputPatterns.MaxCount).Select(number => $"f{number}")];

        Assert.True(OutputPatterns.TryParse([longest], out _, out _));
        Assert.True(OutputPatterns.TryParse(most, out _, out _));
        Assert.False(OutputPatterns.TryParse([longest + "a"], out _, out var tooLong));
        Assert.False(OutputPatterns.TryParse([longest[1..] + "\u00e9"], out _, out _));
        Assert.True(OutputPatterns.TryParse([longest[1..], "b", "/b/"], out _, out _));
        Assert.False(OutputPatterns.TryParse([longest, "b"], out _, out var togetherTooLong));
        Assert.Equal("The patterns have more than 1024 bytes together.", togetherTooLong);
        Assert.False(OutputPatterns.TryParse([.. most, "f0"], out var none, out var tooMany));
        Assert.Equal(("Pattern 1 has more than 1024 bytes.", "There may be 64 patterns."), (tooLong, tooMany));
        Assert.Empty(none.Canonical);
    }

    // Within the test: attributes cannot carry such texts.
    [Fact]
    public void TryParse_HalfACharacter_IsRefused() =>
        Assert.All((string[])["\ud800", "a\udc00", "\udc00\ud800"], pattern => Assert.False(OutputPatterns.TryParse([pattern], out _, out _)));

    // With a matcher that goes back these would not end in the lifetime of this machine.
    [Fact]
    public void Matches_PatternsMadeToBlowUp_End()
    {
        var names = Parse(string.Concat(Enumerable.Repeat("*a", 500)) + "b");
        var segments = Parse(string.Join('/', Enumerable.Repeat("**/a", 200)) + "/b");
        var all = Parse([.. Enumerable.Range(0, 64).Select(number => $"**/*/**/*/?/{number:x2}/*")]);

        Assert.False(names.Matches(new string('a', 255)));
        Assert.False(segments.Matches(string.Join('/', Enumerable.Repeat("a", 2000))));
        Assert.All(Enumerable.Range(0, 1000), number => Assert.False(all.Matches(string.Create(null, $"{Deep}{number % 10}"))));
    }

    private static OutputPatterns Parse(params string[] patterns)
    {
        Assert.True(OutputPatterns.TryParse(patterns, out var parsed, out var problem), problem);
        return parsed;
    }

    // Every name with a slash behind it, so that a pattern that fits a directory fits the start of what is below.
    private static Regex Expression(string pattern) => new(
        "^" + string.Concat(pattern.Split('/').Select(name => name == "**" ? "([^/]+/)*" : Regex.Escape(name).Replace("\\*", "[^/]*").Replace("\\?", "[^/]") + "/")),
        RegexOptions.NonBacktracking);
}
