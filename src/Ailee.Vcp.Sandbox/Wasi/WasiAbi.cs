namespace Ailee.Vcp.Sandbox.Wasi;

/// <summary>In what the two versions of WASI differ that modules import: layouts and numbers, not meaning.</summary>
/// <param name="FileStatBytes">Size of a filestat.</param>
/// <param name="LinksAt">Where in it the number of links stands.</param>
/// <param name="LinksBytes">Bytes of that number; size and times follow it.</param>
/// <param name="SubscriptionBytes">Size of a subscription of a poll.</param>
/// <param name="ClockAt">Where in it the clock's id stands; timeout, precision and flags follow in eights.</param>
/// <param name="Whence">The three origins of a seek by their numbers.</param>
internal sealed record WasiAbi(int FileStatBytes, int LinksAt, int LinksBytes, int SubscriptionBytes, int ClockAt, IReadOnlyList<SeekOrigin> Whence)
{
    public static WasiAbi Preview1 { get; } = new(64, 24, sizeof(ulong), 48, 16, [SeekOrigin.Begin, SeekOrigin.Current, SeekOrigin.End]);

    /// <summary>The version before: its subscriptions carry a number of the guest's own before the clock.</summary>
    public static WasiAbi Unstable { get; } = new(56, 20, sizeof(uint), 56, 24, [SeekOrigin.Current, SeekOrigin.End, SeekOrigin.Begin]);
}
