using CsCheck;

namespace Ailee.Vcp.Core.Tests;

public sealed class TaskIdTests
{
    private const string Text = "01890a5d-ac96-774b-bcce-b302099a8057";

    [Fact]
    public void ToArray_KnownId_IsInNetworkOrder()
    {
        var id = TaskId.Parse(Text);

        Assert.Equal("01890A5DAC96774BBCCEB302099A8057", Convert.ToHexString(id.ToArray()));
        Assert.Equal(id, TaskId.FromBytes(id.ToArray()));
        Assert.Equal(Text, id.ToString());
    }

    [Fact]
    public void Create_LaterTime_SortsAfter()
    {
        var now = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

        var (first, second) = (TaskId.Create(now), TaskId.Create(now.AddMilliseconds(1)));

        Assert.True(string.CompareOrdinal(first.ToString(), second.ToString()) < 0);
        Assert.Equal('7', first.ToString()[14]);
    }

    [Fact]
    public void Parse_FormattedId_GivesItBack() => Gen.Byte.Array[TaskId.SizeBytes].Sample(bytes =>
    {
        var id = TaskId.FromBytes(bytes);

        Assert.Equal(id, TaskId.Parse(id.ToString()));
        Assert.Equal(bytes, id.ToArray());
    });

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("01890A5D-AC96-774B-BCCE-B302099A8057")]
    [InlineData("01890a5d-ac96-774b-bcce-b302099a805A")]
    [InlineData("01890a5dac96774bbcceb302099a8057")]
    [InlineData("{01890a5d-ac96-774b-bcce-b302099a8057}")]
    [InlineData("(01890a5d-ac96-774b-bcce-b302099a8057)")]
    [InlineData("urn:uuid:01890a5d-ac96-774b-bcce-b302099a8057")]
    [InlineData(" 01890a5d-ac96-774b-bcce-b302099a8057")]
    [InlineData("01890a5d-ac96-774b-bcce-b302099a8057\n")]
    [InlineData("01890a5d-ac96-774b-bcce-b302099a805")]
    [InlineData("01890a5d-ac96-774b-bcce-b302099a80570")]
    [InlineData("01890a5d-ac96-774b-bcce-b302099a805g")]
    [InlineData("0x890a5d-ac96-774b-bcce-b302099a8057")]
    [InlineData("+1890a5d-ac96-774b-bcce-b302099a8057")]
    public void TryParse_AnythingElse_Refuses(string? text)
    {
        Assert.False(TaskId.TryParse(text, out var id));
        Assert.Equal(default, id);
        Assert.Throws<FormatException>(() => TaskId.Parse(text!));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(17)]
    public void FromBytes_OtherLength_Throws(int length) =>
        Assert.Throws<ArgumentException>(() => TaskId.FromBytes(new byte[length]));
}
