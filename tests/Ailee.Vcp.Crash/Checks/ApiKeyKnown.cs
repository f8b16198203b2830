namespace Ailee.Vcp.Crash.Checks;

/// <summary>An API key that somebody holds.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Secret">What its holder sends.</param>
internal sealed record ApiKeyKnown(string Id, string Secret)
{
    public Existence Existence { get; set; } = Existence.There;
}
