namespace Ailee.Vcp.Crash.Steps;

/// <summary>What is old goes, and a copy of everything is made.</summary>
internal static class KeepingSteps
{
    public static IReadOnlyList<Step> List { get; } =
    [
        new("retention", async (world, end) => await world.Server!.SweepAsync(end)) { Prepare = WithTaskAsync, IsInside = true },
        new("backup", async (world, end) => await world.BackUpAsync($"backup-{world.NextNumber()}", end)) { Prepare = WithTaskAsync, IsInside = true },
    ];

    private static async Task WithTaskAsync(World world, CancellationToken end) =>
        await world.SubmitAsync(await Requests.AddAsync(world, end), TaskSteps.LongWait, end);
}
