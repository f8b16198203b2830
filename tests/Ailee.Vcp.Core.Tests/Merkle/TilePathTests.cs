using Ailee.Vcp.Core.Merkle;
using CsCheck;

namespace Ailee.Vcp.Core.Tests.Merkle;

public sealed class TilePathTests
{
    [Theory]
    [InlineData("0/000", 0, 0, 256)]
    [InlineData("0/x001/x234/067", 0, 1_234_067, 256)]
    [InlineData("0/x001/x000/000", 0, 1_000_000, 256)]
    [InlineData("1/000.p/17", 1, 0, 17)]
    [InlineData("63/x001/000.p/255", 63, 1000, 255)]
    [InlineData("entries/x273/999", -1, 273_999, 256)]
    [InlineData("entries/273.p/1", -1, 273, 1)]
    [InlineData("0/x009/x223/x372/x036/x854/x775/807", 0, long.MaxValue, 256)]
    public void TryParse_PathOfTheSpecification_RoundTrips(string text, int level, long index, int width)
    {
        Assert.True(TilePath.TryParse(text, out var path));
        Assert.Equal(new TilePath(level, index, width), path);
        Assert.Equal(text, path.ToString());
    }

    [Fact]
    public void TryParse_AnyPath_RoundTrips() =>
        Gen.Select(Gen.Int[-1, 63], Gen.Long[0, long.MaxValue], Gen.Int[0, 63], Gen.Int[1, 256]).Sample((level, index, shift, width) =>
        {
            var path = new TilePath(level, index >> shift, width);

            return TilePath.TryParse(path.ToString(), out var parsed) && parsed == path;
        });

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("0")]
    [InlineData("0/")]
    [InlineData("/000")]
    [InlineData("0//000")]
    [InlineData("0/000/")]
    [InlineData("0/0")]
    [InlineData("0/00")]
    [InlineData("0/0000")]
    [InlineData("0/1234")]
    [InlineData("0/x001")]
    [InlineData("0/x001/")]
    [InlineData("0/001/002")]
    [InlineData("0/x001/x002")]
    [InlineData("0/x000/001")]
    [InlineData("0/x000/x001/002")]
    [InlineData("0/x01/002")]
    [InlineData("0/x0001/002")]
    [InlineData("0/X001/002")]
    [InlineData("0/x001//002")]
    [InlineData("0/-01")]
    [InlineData("0/+01")]
    [InlineData("0/ 01")]
    [InlineData("0/01 ")]
    [InlineData("0/00a")]
    [InlineData("0/٠٠٠")]
    [InlineData("0/x009/x223/x372/x036/x854/x775/808")]
    [InlineData("0/x999/x999/x999/x999/x999/x999/999")]
    [InlineData("0/x001/x000/x000/x000/x000/x000/x000/000")]
    [InlineData("00/000")]
    [InlineData("01/000")]
    [InlineData("-1/000")]
    [InlineData("+1/000")]
    [InlineData("64/000")]
    [InlineData("4294967296/000")]
    [InlineData(" 0/000")]
    [InlineData("٣/000")]
    [InlineData("Entries/000")]
    [InlineData("entries")]
    [InlineData("entries/")]
    [InlineData("tile/0/000")]
    [InlineData("../0/000")]
    [InlineData("0/000.p")]
    [InlineData("0/000.p/")]
    [InlineData("0/000.p/0")]
    [InlineData("0/000.p/256")]
    [InlineData("0/000.p/01")]
    [InlineData("0/000.p/-1")]
    [InlineData("0/000.p/1/")]
    [InlineData("0/000.p/1.p/1")]
    [InlineData("0/000.P/1")]
    [InlineData("0/000p/1")]
    [InlineData("0/x001.p/1/000")]
    [InlineData("0/000\n")]
    [InlineData("0/000\0")]
    public void TryParse_AnythingElse_IsRefused(string? text) => Assert.False(TilePath.TryParse(text, out _));

    // Whatever is accepted is the one name of its tile.
    [Theory]
    [InlineData("")]
    [InlineData("0/")]
    [InlineData("0/x001/")]
    [InlineData("entries/")]
    [InlineData("1/000.p/")]
    public void TryParse_RandomTail_IsCanonicalOrRefused(string head) => Gen.Char["012x/.p-e"].Array[0, 9].Sample(tail =>
    {
        var text = head + new string(tail);

        return !TilePath.TryParse(text, out var path) || path.ToString() == text;
    }, iter: 50_000);

    [Fact]
    public void WidthAt_TreeOfTheSpecification_IsAsItSays()
    {
        const long size = 70_000;

        Assert.All(Enumerable.Range(0, 273), index => Assert.Equal(256, TilePath.WidthAt(0, index, size)));
        Assert.Equal(112, TilePath.WidthAt(0, 273, size));
        Assert.Equal(0, TilePath.WidthAt(0, 274, size));
        Assert.Equal(256, TilePath.WidthAt(1, 0, size));
        Assert.Equal(17, TilePath.WidthAt(1, 1, size));
        Assert.Equal(1, TilePath.WidthAt(2, 0, size));
        Assert.Equal(0, TilePath.WidthAt(3, 0, size));
        Assert.Equal(112, TilePath.WidthAt(TilePath.EntriesLevel, 273, size));
        Assert.Equal(256, TilePath.WidthAt(0, 0, 256));
        Assert.Equal(0, TilePath.WidthAt(0, 1, 256));
        Assert.Equal(1, TilePath.WidthAt(1, 0, 256));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, -1, 10)]
    [InlineData(0, 0, -1)]
    [InlineData(-2, 0, 10)]
    [InlineData(8, 0, long.MaxValue)]
    [InlineData(63, 0, long.MaxValue)]
    [InlineData(int.MaxValue, 0, long.MaxValue)]
    [InlineData(int.MinValue, 0, long.MaxValue)]
    [InlineData(0, long.MaxValue, long.MaxValue)]
    [InlineData(7, 1, long.MaxValue)]
    public void WidthAt_NoSuchTile_IsZero(int level, long index, long size) => Assert.Equal(0, TilePath.WidthAt(level, index, size));

    [Fact]
    public void WidthAt_LongestTree_DoesNotOverflow()
    {
        Assert.Equal(255, TilePath.WidthAt(0, long.MaxValue >> 8, long.MaxValue));
        Assert.Equal(127, TilePath.WidthAt(7, 0, long.MaxValue));
    }
}
