namespace Ailee.Vcp.Cli.Tests;

public sealed class TerminalTextTests
{
    [Theory]
    [InlineData("plain, überall ✓\tand\n", "plain, überall ✓\tand\n")]
    [InlineData("a\u001b[2Jb", "a\\u001b[2Jb")]
    [InlineData("bell\u0007, back\r", "bell\\u0007, back\\u000d")]
    [InlineData("\u009b31m", "\\u009b31m")]
    [InlineData("exe.\u202egpj", "exe.\\u202egpj")]
    [InlineData("\u2066x\u2069\u2028", "\\u2066x\\u2069\\u2028")]
    public void Harmless_Text_ShowsWhatWouldAct(string text, string expected) => Assert.Equal(expected, TerminalText.Harmless(text));
}
