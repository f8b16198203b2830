using Ailee.Vcp.Sandbox.Files;

namespace Ailee.Vcp.Sandbox.Tests.Files;

public sealed class ScratchQuotaTests
{
    [Fact]
    public void TryTakeBytes_UpToTheLimit_ThenRefusedWhole()
    {
        var quota = new ScratchQuota(10, 0);

        Assert.True(quota.TryTakeBytes(4));
        Assert.False(quota.TryTakeBytes(7));
        Assert.True(quota.TryTakeBytes(6));
        Assert.True(quota.TryTakeBytes(0));
        Assert.False(quota.TryTakeBytes(1));

        Assert.Equal(10, quota.Bytes);
    }

    [Fact]
    public void TryTakeBytes_Negative_GivesBack()
    {
        var quota = new ScratchQuota(10, 0);
        quota.TryTakeBytes(10);

        Assert.True(quota.TryTakeBytes(-3));
        Assert.False(quota.TryTakeBytes(4));

        Assert.Equal(7, quota.Bytes);
    }

    [Fact]
    public void TryTakeBytes_LargestNumber_DoesNotWrap()
    {
        var quota = new ScratchQuota(10, 0);
        quota.TryTakeBytes(1);

        Assert.False(quota.TryTakeBytes(long.MaxValue));

        Assert.Equal(1, quota.Bytes);
    }

    [Fact]
    public void TryTakeEntry_UpToTheLimit_ThenRefusedUntilOneIsGivenBack()
    {
        var quota = new ScratchQuota(0, 2);

        Assert.True(quota.TryTakeEntry());
        Assert.True(quota.TryTakeEntry());
        Assert.False(quota.TryTakeEntry());
        quota.GiveEntryBack();
        Assert.True(quota.TryTakeEntry());

        Assert.Equal(2, quota.Entries);
    }
}
