using Ailee.Vcp.Core.Bundles;

namespace Ailee.Vcp.Node.Tests;

public sealed class BundleCacheTests
{
    private int _loads;

    [Fact]
    public async Task Get_AtOnce_LoadsOnce()
    {
        var (cache, bundle) = (new BundleCache(1 << 20), Tree("a"));
        var gate = new TaskCompletionSource();

        var waiting = Enumerable.Range(0, 10).Select(_ => GetAsync(cache, bundle, gate.Task)).ToList();
        gate.SetResult();
        var found = await Task.WhenAll(waiting);
        var again = await GetAsync(cache, bundle, Task.CompletedTask);

        Assert.Equal((1, 1), (_loads, found.Append(again).Distinct().Count()));
        Assert.Equal((1L, 1), (cache.Statistics().Loads, cache.Statistics().Entries));
    }

    // Whoever began to load may give up; the others still get it.
    [Fact]
    public async Task Get_FirstCancelled_TheOthersGetIt()
    {
        var (cache, bundle) = (new BundleCache(1 << 20), Tree("a"));
        var gate = new TaskCompletionSource();
        using var cancellation = new CancellationTokenSource();

        var first = GetAsync(cache, bundle, gate.Task, cancellation.Token);
        var second = GetAsync(cache, bundle, gate.Task);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();

        Assert.Equal(bundle.Digest, (await second).Digest);
    }

    [Fact]
    public async Task Get_MoreThanFits_LeastRecentlyUsedGoes()
    {
        var (cache, bundles) = (new BundleCache(25_000), Enumerable.Range(0, 3).Select(number => Tree(new string((char)('a' + number), 10_000))).ToList());
        await GetAsync(cache, bundles[0], Task.CompletedTask);
        await GetAsync(cache, bundles[1], Task.CompletedTask);
        await GetAsync(cache, bundles[0], Task.CompletedTask);

        await GetAsync(cache, bundles[2], Task.CompletedTask);
        await GetAsync(cache, bundles[0], Task.CompletedTask);
        await GetAsync(cache, bundles[1], Task.CompletedTask);

        Assert.Equal((4, 2), (_loads, cache.Statistics().Entries));
        Assert.InRange(cache.Statistics().Bytes, 20_000, 25_000);
    }

    [Fact]
    public async Task Get_LongPath_CountsAsTextAndInTheManifest()
    {
        var builder = new BundleBuilder(BundleLimits.Default);
        builder.AddSymlink(new string('n', 255), new string('t', 4000));
        var (cache, bundle) = (new BundleCache(1 << 20), builder.Build());

        await GetAsync(cache, bundle, Task.CompletedTask);

        Assert.InRange(cache.Statistics().Bytes, 3 * 4255, (3 * 4255) + 512);
    }

    [Fact]
    public async Task Get_LargerThanTheCache_ServedAndNotKept()
    {
        var cache = new BundleCache(0);

        Assert.Equal(5, (await GetAsync(cache, Tree("large"), Task.CompletedTask)).SizeBytes);
        Assert.Equal((0, 0L), (cache.Statistics().Entries, cache.Statistics().Bytes));
    }

    [Fact]
    public async Task Get_OtherBundleOrNone_FailsAndIsTriedAgain()
    {
        var (cache, bundle) = (new BundleCache(1 << 20), Tree("a"));

        await Assert.ThrowsAsync<InvalidDataException>(() => cache.GetAsync(bundle.Digest, _ => Stream(Tree("b")), default));
        await Assert.ThrowsAsync<BundleException>(() => cache.GetAsync(bundle.Digest, _ => Task.FromResult<Stream>(new MemoryStream([1, 2, 3])), default));
        await Assert.ThrowsAsync<HttpRequestException>(() => cache.GetAsync(bundle.Digest, _ => throw new HttpRequestException(), default));

        Assert.Equal(bundle.Digest, (await GetAsync(cache, bundle, Task.CompletedTask)).Digest);
    }

    private Task<Bundle> GetAsync(BundleCache cache, Bundle bundle, Task before, CancellationToken cancellationToken = default) => cache.GetAsync(
        bundle.Digest,
        async _ =>
        {
            Interlocked.Increment(ref _loads);
            await before;
            return await Stream(bundle);
        },
        cancellationToken);

    private static Task<Stream> Stream(Bundle bundle) => Task.FromResult<Stream>(new MemoryStream(BundleTarWriter.Write(bundle)));

    private static Bundle Tree(string content) => new([new BundleEntry("f", BundleEntryKind.File, System.Text.Encoding.UTF8.GetBytes(content))]);
}
