using Ailee.Vcp.Core.Execution;
using CsCheck;

namespace Ailee.Vcp.Core.Tests.Execution;

public sealed class GasScheduleTests
{
    // A new price needs a new version, and so a new profile.
    [Fact]
    public void Prices_OfVersion1_AreFixed()
    {
        long[] prices =
        [
            GasSchedule.HostCall, GasSchedule.HostByte, GasSchedule.RandomByte, GasSchedule.HostEntry,
            GasSchedule.MemoryPage, GasSchedule.InputByte, GasSchedule.OutputByte,
        ];

        Assert.Equal(1, GasSchedule.Version);
        Assert.Equal([100, 1, 8, 20, 1000, 1, 4], prices);
    }

    [Theory]
    [InlineData(0, 0, 0, 0, 0)]
    [InlineData(1, 0, 0, 0, 1)]
    [InlineData(0, 1, 0, 0, 1000)]
    [InlineData(0, 0, 1, 0, 1)]
    [InlineData(0, 0, 0, 1, 4)]
    [InlineData(123_456, 17, 300, 200, 141_556)]
    // Every default limit at once: 10¹⁰ instructions, 512 MiB, 16 MiB in, 17 MiB out.
    [InlineData(10_000_000_000, 8192, 16_777_216, 17_825_792, 10_096_272_384)]
    [InlineData(long.MaxValue, 0, 0, 0, long.MaxValue)]
    public void Total_ForValues_IsTheWeightedSum(long instructions, long pages, long inputBytes, long outputBytes, long gas) =>
        Assert.Equal(gas, GasSchedule.Total(instructions, pages, inputBytes, outputBytes));

    [Theory]
    [InlineData(long.MaxValue, 0, 0, 1)]
    [InlineData(0, (long.MaxValue / 1000) + 1, 0, 0)]
    [InlineData(0, 0, 0, (long.MaxValue / 4) + 1)]
    [InlineData(long.MaxValue / 2, 0, long.MaxValue / 2, 1)]
    public void Total_BeyondEveryLimit_Throws(long instructions, long pages, long inputBytes, long outputBytes) =>
        Assert.Throws<OverflowException>(() => GasSchedule.Total(instructions, pages, inputBytes, outputBytes));

    [Fact]
    public void Total_AnyValues_IsExactOrThrows()
    {
        var amount = Gen.OneOf(Gen.Long[0, 1 << 20], Gen.Long[0, long.MaxValue]);

        Gen.Select(amount, amount, amount, amount).Sample((instructions, pages, inputBytes, outputBytes) =>
        {
            var exact = (Int128)instructions + ((Int128)1000 * pages) + inputBytes + ((Int128)4 * outputBytes);

            if (exact <= long.MaxValue)
            {
                Assert.Equal((long)exact, GasSchedule.Total(instructions, pages, inputBytes, outputBytes));
            }
            else
            {
                Assert.Throws<OverflowException>(() => GasSchedule.Total(instructions, pages, inputBytes, outputBytes));
            }
        });
    }
}
