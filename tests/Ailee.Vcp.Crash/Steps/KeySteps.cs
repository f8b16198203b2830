using Ailee.Vcp.Crash.Checks;

namespace Ailee.Vcp.Crash.Steps;

/// <summary>API keys are made, replaced and revoked.</summary>
internal static class KeySteps
{
    public static IReadOnlyList<Step> List { get; } =
    [
        new("key", async (world, end) => await world.CreateKeyAsync(end)),
        new("key-rotation", async (world, end) => await world.RotateKeyAsync(Good(world), end)) { Prepare = async (world, end) => await world.CreateKeyAsync(end) },
        new("key-revocation", async (world, end) => await world.RevokeKeyAsync(Good(world), end)) { Prepare = async (world, end) => await world.CreateKeyAsync(end) },
    ];

    private static ApiKeyKnown Good(World world) => world.Known.Keys.Last(key => key.Existence == Existence.There);
}
