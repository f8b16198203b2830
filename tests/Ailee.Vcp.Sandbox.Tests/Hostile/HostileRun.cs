namespace Ailee.Vcp.Sandbox.Tests.Hostile;

/// <summary>What came of running a hostile guest, by whatever way.</summary>
/// <param name="Ending">In the words of <see cref="HostileGuest.Expected"/>.</param>
/// <param name="Results">What its function returned.</param>
/// <param name="ExitCode">Null unless it completed.</param>
/// <param name="Used">How much it used, as far as that can be told.</param>
internal sealed record HostileRun(string Ending, IReadOnlyList<string> Results, long? ExitCode, IReadOnlyDictionary<string, long> Used)
{
    /// <summary>A run of which nothing is told but how it ended.</summary>
    public static HostileRun Of(string ending) => new(ending, [], null, new Dictionary<string, long>());
}
