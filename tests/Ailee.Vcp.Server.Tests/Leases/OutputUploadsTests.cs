using Ailee.Vcp.Core;
using Ailee.Vcp.Server.Leases;

namespace Ailee.Vcp.Server.Tests.Leases;

/// <summary>How the memory for outputs is shared between nodes.</summary>
public sealed class OutputUploadsTests
{
    private const long Large = 160 << 20;

    private static readonly NodeId First = new(Digest.Of("first"u8));
    private static readonly NodeId Second = new(Digest.Of("second"u8));

    [Fact]
    public void TryReserve_OneNodeHandsInMuch_AnothersIsTaken()
    {
        var uploads = new OutputUploads();

        Assert.True(uploads.TryReserve(First, Large));
        Assert.False(uploads.TryReserve(First, Large));
        Assert.True(uploads.TryReserve(First, 1000));
        Assert.True(uploads.TryReserve(Second, Large));
        uploads.GiveBack(First, Large);
        uploads.GiveBack(Second, Large);
        Assert.True(uploads.TryReserve(First, Large));
    }

    [Fact]
    public void TryReserve_LargerThanAllMemory_OnlyAlone()
    {
        var uploads = new OutputUploads();

        Assert.True(uploads.TryReserve(First, 4 * Large));
        Assert.False(uploads.TryReserve(Second, 1));
        uploads.GiveBack(First, 4 * Large);
        Assert.True(uploads.TryReserve(Second, 1));
    }
}
