using Ailee.Vcp.Server.Tests.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Tests;

/// <summary>A misspelled key is refused with a sentence that names the one that was meant.</summary>
public sealed class UnknownKeysTests
{
    public static TheoryData<string> Keys { get; } =
        [.. MarkdownTable.Rows("configuration.md", "key", "unit", "default", "range", "environment", "meaning").Select(cells => cells[0]).Where(key => key.Contains(':', StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Keys))]
    public void Start_DocumentedKeyWithALetterTooMany_NamesTheKey(string key) => Assert.Contains(Problems($"{key}x", "1"), problem => problem == $"{key}x is no key; did you mean {key}?");

    [Theory]
    [InlineData("Stroage:DataDirectory", "Stroage is no section; did you mean Storage?")]
    [InlineData("node:OwnersPerTask", "node is no section; did you mean Nodes?")]
    [InlineData("Sandbx:Slots", "Sandbx is no section; did you mean Sandbox?")]
    [InlineData("Log:Witnesses:0:Uri", "Log:Witnesses:0:Uri is no key; did you mean Log:Witnesses:0:Url?")]
    [InlineData("url", "url is no key; did you mean urls?")]
    public void Start_NearlyAKey_NamesTheNearest(string key, string problem) => Assert.Contains(problem, Problems(key, "1"));

    [Theory]
    [InlineData("Logging:LogLevel:Default", "Warning")]
    [InlineData("Kestrel:Limits:MaxConcurrentConnections", "5")]
    [InlineData("LANG", "C")]
    [InlineData("log", "1")]
    [InlineData("sandbox:slots", "1")]
    [InlineData("SSH_CONNECTION", "x")]
    public void Start_KeysOfOthersAndOtherLetters_AreTaken(string key, string value) => Assert.Empty(Problems(key, value));

    private static IEnumerable<string> Problems(string key, string value)
    {
        var configuration = new ConfigurationManager();
        configuration.AddCommandLine(["--" + key, value]);
        try
        {
            new ServiceCollection().AddServerOptions(configuration, out _);
            return [];
        }
        catch (OptionsValidationException refused)
        {
            return refused.Failures;
        }
    }
}
