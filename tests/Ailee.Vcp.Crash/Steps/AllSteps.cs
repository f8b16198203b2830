namespace Ailee.Vcp.Crash.Steps;

/// <summary>Every state change that a server knows.</summary>
internal static class AllSteps
{
    public static IReadOnlyList<Step> List { get; } =
    [
        new("first-start", Nothing) { Start = StartKind.First },
        new("start", Nothing) { Start = StartKind.Again },
        new("restore", Nothing) { Start = StartKind.Restore },
        new("restored-start", async (world, end) => await world.SeeLogAsync(end)) { Start = StartKind.Restored },
        new("stop", Nothing) { Stops = true },
        .. StorageSteps.List,
        .. TaskSteps.List,
        .. NodeSteps.List,
        .. KeySteps.List,
        .. KeepingSteps.List,
    ];

    private static Task Nothing(World world, CancellationToken cancellationToken) => Task.CompletedTask;
}
