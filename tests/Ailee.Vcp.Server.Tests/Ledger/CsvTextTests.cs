using Ailee.Vcp.Server.Ledger;

namespace Ailee.Vcp.Server.Tests.Ledger;

public sealed class CsvTextTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData("plain text", "plain text")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"a\"", "\"say \"\"a\"\"\"")]
    [InlineData("a\r\nb", "\"a\r\nb\"")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@sum", "'@sum")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("\r=1", "\"'\r=1\"")]
    [InlineData("\n=1", "\"'\n=1\"")]
    [InlineData("\uFF1D1", "'\uFF1D1")]
    [InlineData("=a,\"b\"", "\"'=a,\"\"b\"\"\"")]
    [InlineData("a=1", "a=1")]
    public void Field_Text_QuotedAndNoFormula(string? text, string expected) => Assert.Equal(expected, CsvText.Field(text));

    [Theory]
    [InlineData(null, "")]
    [InlineData(0L, "0")]
    [InlineData(-10_000L, "-10000")]
    [InlineData(long.MinValue, "-9223372036854775808")]
    public void Field_Number_AsItIs(long? number, string expected) => Assert.Equal(expected, CsvText.Field(number));

    [Fact]
    public void Field_Time_InUtcToTheMillisecond() =>
        Assert.Equal("2030-01-02T01:04:05.600Z", CsvText.Field(new DateTimeOffset(2030, 1, 2, 3, 4, 5, 600, TimeSpan.FromHours(2))));

    [Fact]
    public void Line_Fields_EndsWithCrLf() => Assert.Equal("a,,b\r\n", CsvText.Line("a", "", "b"));
}
