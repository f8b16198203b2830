using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Crash.Checks;

namespace Ailee.Vcp.Crash.Steps;

/// <summary>Modules and bundles come and go.</summary>
internal static class StorageSteps
{
    private const int SmallBytes = 1000;

    // More than SQLite's log holds before it is written back, in several transactions.
    private const int LargeBytes = 5 << 20;

    public static IReadOnlyList<Step> List { get; } =
    [
        new("module", async (world, end) => await world.UploadModuleAsync(Guests.Unique(world.NextNumber()), end)),
        new("module-delete", async (world, end) => await world.DeleteModuleAsync(There(world.Known.Modules), end))
        {
            Prepare = async (world, end) => await world.UploadModuleAsync(Guests.Unique(world.NextNumber()), end),
        },
        new("bundle", async (world, end) => await world.UploadBundleAsync(BundleOf(world, SmallBytes), end)),
        new("large-bundle", async (world, end) => await world.UploadBundleAsync(BundleOf(world, LargeBytes), end)),
        new("large-bundle-while-read", LargeWhileReadAsync) { IsInside = true },
        new("bundle-delete", async (world, end) => await world.DeleteBundleAsync(There(world.Known.Bundles), end))
        {
            Prepare = async (world, end) => await world.UploadBundleAsync(BundleOf(world, SmallBytes), end),
        },
    ];

    // What somebody reads at a state in between is written back in two parts, of which only the second is synced.
    private static async Task LargeWhileReadAsync(World world, CancellationToken end)
    {
        await world.UploadBundleAsync(BundleOf(world, SmallBytes), end);
        using var isRead = new SemaphoreSlim(0);
        using var mayEnd = new SemaphoreSlim(0);
        var database = world.Server!.Database;
        var reader = Task.Run(
            () => database.Read(transaction =>
            {
                transaction.Query("SELECT COUNT(*) FROM tasks", row => row.Int64(0));
                isRead.Release();
                mayEnd.Wait();
                return true;
            }),
            CancellationToken.None);
        try
        {
            await isRead.WaitAsync(end);
            await world.UploadBundleAsync(BundleOf(world, LargeBytes), end);
        }
        finally
        {
            mayEnd.Release();
            await reader;
        }

        await world.UploadBundleAsync(BundleOf(world, SmallBytes), end);
    }

    // The last one: nothing else needs it.
    private static Digest There(Dictionary<Digest, Uploaded> all) => all.Last(item => item.Value.Existence == Existence.There).Key;

    private static Bundle BundleOf(World world, int sizeBytes)
    {
        var content = new byte[sizeBytes];
        world.Random.NextBytes(content);
        var builder = new BundleBuilder(BundleLimits.Default);
        builder.AddFile("some/file", content);
        builder.AddFile("another", BitConverter.GetBytes(world.NextNumber()));
        return builder.Build();
    }
}
