namespace Ailee.Vcp.ProductionDemo;

/// <summary>What the demo says of itself, each with whether it held.</summary>
internal sealed class Claims
{
    private readonly List<(bool Holds, string Text)> _all = [];

    public IReadOnlyList<(bool Holds, string Text)> All => _all;

    public bool AllHold => _all.TrueForAll(claim => claim.Holds);

    /// <param name="text">What is claimed.</param>
    /// <param name="problems">What speaks against it; it holds if nothing does.</param>
    public void Add(string text, params IReadOnlyList<string> problems) => _all.Add(problems.Count == 0 ? (true, text) : (false, $"{text}: NO, {string.Join("; ", problems)}"));
}
