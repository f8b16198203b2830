using Ailee.Vcp.Core.Statements;
using CsCheck;

namespace Ailee.Vcp.Core.Tests.Statements;

public sealed class CounterWindowTests
{
    private const ulong Width = CounterWindow.Width;

    [Fact]
    public void Classify_EmptyWindow_CallsEverythingFresh()
    {
        var window = new CounterWindow();

        Assert.Equal(CounterStatus.Fresh, window.Classify(0));
        Assert.Equal(CounterStatus.Fresh, window.Classify(ulong.MaxValue));
    }

    [Theory]
    [InlineData(4096ul)]
    [InlineData(100_000ul)]
    [InlineData(ulong.MaxValue - 1)]
    [InlineData(ulong.MaxValue)]
    public void Classify_AroundTheEdges_IsExact(ulong highest)
    {
        var window = new CounterWindow();

        window.Mark(highest);

        Assert.Equal(4096, CounterWindow.Width);
        Assert.Equal(CounterStatus.Seen, window.Classify(highest));
        Assert.Equal(CounterStatus.Fresh, window.Classify(highest - 1));
        Assert.Equal(CounterStatus.Fresh, window.Classify(highest - 4095));
        Assert.Equal(CounterStatus.Stale, window.Classify(highest - 4096));
        Assert.Equal(CounterStatus.Stale, window.Classify(0));
        Assert.Equal(highest == ulong.MaxValue ? CounterStatus.Seen : CounterStatus.Fresh, window.Classify(ulong.MaxValue));
    }

    [Fact]
    public void Mark_LargestCounter_LeavesTheWindowBelowUsable()
    {
        var window = new CounterWindow();
        window.Mark(ulong.MaxValue - 4095);
        window.Mark(ulong.MaxValue);

        Assert.Equal(CounterStatus.Seen, window.Classify(ulong.MaxValue - 4095));
        for (var counter = ulong.MaxValue - 4094; counter < ulong.MaxValue; counter++)
        {
            window.Mark(counter);
            Assert.Equal(CounterStatus.Seen, window.Classify(counter));
        }
    }

    // Counters share a bit with those 4096 before them: a reused bit must forget the old one, and a jump those it skips.
    [Fact]
    public void Mark_BeyondTheFirstWindow_ForgetsOnlyWhatLeaves()
    {
        var window = new CounterWindow();
        for (ulong counter = 0; counter < 4096; counter++)
        {
            window.Mark(counter);
        }

        for (ulong counter = 4098; counter < 20_000; counter += 3)
        {
            window.Mark(counter);

            Assert.Equal(CounterStatus.Fresh, window.Classify(counter - 1));
            Assert.Equal(CounterStatus.Fresh, window.Classify(counter - 2));
            Assert.Equal(CounterStatus.Seen, window.Classify(counter - 3));
            Assert.Equal(CounterStatus.Stale, window.Classify(counter - 4096));
        }
    }

    [Fact]
    public void Mark_SeenOrStaleCounter_Throws()
    {
        var window = new CounterWindow();
        window.Mark(5000);

        Assert.Throws<InvalidOperationException>(() => window.Mark(5000));
        Assert.Throws<InvalidOperationException>(() => window.Mark(904));
        Assert.Throws<InvalidOperationException>(() => window.Mark(0));
    }

    [Fact]
    public void Mark_AnySequence_AgreesWithASet()
    {
        // Steps back and forth around a moving head: by one, across the window's edge, far ahead.
        var step = Gen.OneOf(
            Gen.Long[-3, 3], Gen.Long[-4100, -4090], Gen.Long[4090, 4100], Gen.Long[-9000, 9000], Gen.Long[-1_000_000, 1_000_000]);
        var start = Gen.OneOf(Gen.ULong[0, 10], Gen.ULong[4000, 5000], Gen.ULong, Gen.ULong[ulong.MaxValue - 5000, ulong.MaxValue]);
        var reload = Gen.Int[0, 9];

        Gen.Select(start, Gen.Select(step, reload).Array[1, 60]).Sample((first, steps) =>
        {
            var (window, seen, highest) = (new CounterWindow(), new HashSet<ulong>(), first);
            Submit(first);
            foreach (var (delta, dice) in steps)
            {
                if (dice == 0)
                {
                    window = CounterWindow.Decode(window.Encode());
                }

                var target = (Int128)highest + delta;
                Submit((ulong)Int128.Clamp(target, 0, ulong.MaxValue));
            }

            void Submit(ulong counter)
            {
                foreach (var near in (ulong[])[counter, counter - Math.Min(counter, 1), counter - Math.Min(counter, Width), highest])
                {
                    Assert.Equal(Expected(near), window.Classify(near));
                }

                if (Expected(counter) == CounterStatus.Fresh)
                {
                    window.Mark(counter);
                    seen.Add(counter);
                    highest = Math.Max(highest, counter);
                    Assert.Equal(CounterStatus.Seen, window.Classify(counter));
                }
                else
                {
                    Assert.Throws<InvalidOperationException>(() => window.Mark(counter));
                }
            }

            CounterStatus Expected(ulong counter) =>
                seen.Count > 0 && counter <= highest && highest - counter >= Width ? CounterStatus.Stale
                : seen.Contains(counter) ? CounterStatus.Seen
                : CounterStatus.Fresh;
        });
    }

    [Fact]
    public void Encode_ThenDecode_GivesTheSameWindow() => Gen.ULong.Array[1, 50].Sample(counters =>
    {
        var window = new CounterWindow();
        foreach (var counter in counters.Where(counter => window.Classify(counter) == CounterStatus.Fresh))
        {
            window.Mark(counter);
        }

        var bytes = window.Encode();

        Assert.Equal(CounterWindow.EncodedSizeBytes, bytes.Length);
        Assert.Equal(520, bytes.Length);
        Assert.Equal(bytes, CounterWindow.Decode(bytes).Encode());
    });

    // Nothing was marked, so nothing may be refused after a restart either.
    [Theory]
    [InlineData(0ul)]
    [InlineData(1ul)]
    [InlineData(4096ul)]
    [InlineData(ulong.MaxValue)]
    public void Decode_EmptyWindow_StillTakesAnyCounter(ulong counter)
    {
        var window = CounterWindow.Decode(new CounterWindow().Encode());

        Assert.Equal(CounterStatus.Fresh, window.Classify(counter));
        window.Mark(counter);
        Assert.Equal(CounterStatus.Seen, window.Classify(counter));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(519)]
    [InlineData(521)]
    public void Decode_OtherLength_Throws(int length) => Assert.Throws<ArgumentException>(() => CounterWindow.Decode(new byte[length]));
}
