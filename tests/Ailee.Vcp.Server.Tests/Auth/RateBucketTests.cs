using System.Net;
using Ailee.Vcp.Server.Auth;

namespace Ailee.Vcp.Server.Tests.Auth;

public sealed class RateBucketTests
{
    private const long Second = 1000;

    [Fact]
    public void TryTake_AMinutesWorth_ThenOneAsItIsDue()
    {
        var bucket = new RateBucket();
        for (var i = 0; i < 6; i++)
        {
            Assert.Null(bucket.Look(6, 0, Second));
            Assert.Null(bucket.TryTake(6, 0, Second));
        }

        Assert.Equal((10, 10), (bucket.Look(6, 0, Second), bucket.TryTake(6, 0, Second)));
        Assert.Equal((1, 1), (bucket.Look(6, 9_999, Second), bucket.TryTake(6, 9_999, Second)));
        Assert.Null(bucket.TryTake(6, 10_000, Second));
        Assert.Equal(10, bucket.TryTake(6, 10_000, Second));
    }

    [Fact]
    public void TryTake_OverALongTime_IsTheRate()
    {
        var bucket = new RateBucket();
        var taken = 0;
        for (var now = 0L; now < 600 * Second; now += 7)
        {
            taken += bucket.TryTake(100, now, Second) is null ? 1 : 0;
        }

        // A minute's worth to begin with, and ten minutes of it.
        Assert.InRange(taken, 1099, 1100);
    }

    [Fact]
    public void TryTake_ByManyThreads_GivesNoMoreThanThereIs()
    {
        var bucket = new RateBucket();
        var taken = 0;

        Parallel.For(0, 10_000, _ =>
        {
            if (bucket.TryTake(1000, 0, Second) is null)
            {
                Interlocked.Increment(ref taken);
            }
        });

        Assert.Equal(1000, taken);
    }

    [Fact]
    public void Of_MoreCallersThanThereMayBe_ShareABucketUntilOthersAreFull()
    {
        var time = KeyCalls.Clock();
        var buckets = new RateBuckets<int>(3, time);
        for (var caller = 0; caller < 3; caller++)
        {
            Assert.Null(buckets.Find(caller));
            Take(buckets.Of(caller));
        }

        Assert.Same(buckets.Of(3), buckets.Of(4));
        Assert.Same(buckets.Find(5), buckets.Of(3));
        Assert.NotSame(buckets.Of(0), buckets.Of(3));
        time.Advance(TimeSpan.FromSeconds(61));
        Assert.NotSame(buckets.Of(3), buckets.Of(4));

        void Take(RateBucket bucket) => Assert.Null(bucket.TryTake(60, time.GetTimestamp(), time.TimestampFrequency));
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2::", "2001:db8:1:2::/64")]
    [InlineData("::1", "::/64")]
    public void RemoteAddress_OfAnAddress_IsItOrItsNetwork(string address, string expected)
    {
        var remote = RemoteAddress.Of(IPAddress.Parse(address));

        Assert.Equal(expected, remote.ToText());
        Assert.Equal(remote, RemoteAddress.Of(IPAddress.Parse(address)));
        Assert.NotEqual(remote, RemoteAddress.Of(IPAddress.Parse("2001:db8:1:3::")));
        Assert.Null(RemoteAddress.Of(null).ToText());
    }
}
