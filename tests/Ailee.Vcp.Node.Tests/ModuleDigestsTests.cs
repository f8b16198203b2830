using Ailee.Vcp.Core;

namespace Ailee.Vcp.Node.Tests;

public sealed class ModuleDigestsTests
{
    private readonly ModuleDigests _digests = new();
    private int _fetched;

    [Fact]
    public async Task Get_Sha256_IsTheNameAndFetchesNothing()
    {
        Assert.Equal(Name(1), await GetAsync(1, ContentHash.Sha256));
        Assert.Equal(0, _fetched);
    }

    [Fact]
    public async Task Get_MoreThanAreRemembered_ForgetsTheOldest()
    {
        for (var number = 0; number <= ModuleDigests.Most; number++)
        {
            Assert.Equal(ContentHash.Sha3.Of(Bytes(number)), await GetAsync(number, ContentHash.Sha3));
        }

        await GetAsync(1, ContentHash.Sha3);
        await GetAsync(ModuleDigests.Most, ContentHash.Sha3);
        Assert.Equal(ModuleDigests.Most + 1, _fetched);
        await GetAsync(0, ContentHash.Sha3);
        Assert.Equal(ModuleDigests.Most + 2, _fetched);
    }

    [Fact]
    public async Task Get_OtherBytes_FailsAndRemembersNothing()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => _digests.GetAsync(Name(1), ContentHash.Sha3, _ => Task.FromResult<ReadOnlyMemory<byte>>(Bytes(2)), default));

        Assert.Equal(ContentHash.Sha3.Of(Bytes(1)), await GetAsync(1, ContentHash.Sha3));
        Assert.Equal(1, _fetched);
    }

    private static byte[] Bytes(int number) => BitConverter.GetBytes(number);

    private static Digest Name(int number) => Digest.Of(Bytes(number));

    private Task<Digest> GetAsync(int number, ContentHash hash) => _digests.GetAsync(
        Name(number),
        hash,
        _ =>
        {
            _fetched++;
            return Task.FromResult<ReadOnlyMemory<byte>>(Bytes(number));
        },
        default);
}
