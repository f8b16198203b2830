namespace Ailee.Vcp.Server.Dispatch;

/// <summary>What a node must have for a task, with equality by value.</summary>
/// <param name="Architecture">Null for any.</param>
/// <param name="Labels">Name and value in turn, sorted by name and each ended by a character that neither has; empty for any.</param>
/// <param name="MemoryBytes">At least.</param>
internal readonly record struct NodeFilter(string? Architecture, string Labels, long MemoryBytes)
{
    private const char End = '\n';

    public static NodeFilter Of(Demand demand)
    {
        var labels = demand.Selection.Labels;
        return new NodeFilter(
            demand.Selection.Architecture,
            labels.Count == 0 ? "" : Join(labels.OrderBy(label => label.Key, StringComparer.Ordinal).SelectMany(label => new[] { label.Key, label.Value })),
            demand.MemoryBytes);
    }

    /// <summary>One text for a sequence of texts without line ends.</summary>
    public static string Join(IEnumerable<string> texts) => string.Concat(texts.Select(text => text + End));

    /// <summary>The first thing that the node lacks, or null if it fits.</summary>
    public string? Lacks(DispatchNode node) =>
        !node.Accepts ? NodeLacks.Accepts
        : Architecture is not null && Architecture != node.Architecture ? NodeLacks.Architecture
        : MemoryBytes > node.MemoryBytes ? NodeLacks.Memory
        : Labels.Length > 0 && !HasLabels(node) ? NodeLacks.Labels
        : null;

    private bool HasLabels(DispatchNode node)
    {
        var rest = Labels.AsSpan();
        while (rest.Length > 0)
        {
            var name = Take(ref rest);
            var value = Take(ref rest);
            if (!node.Labels.TryGetValue(name.ToString(), out var found) || !value.SequenceEqual(found))
            {
                return false;
            }
        }

        return true;
    }

    private static ReadOnlySpan<char> Take(ref ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOf(End);
        var text = rest[..end];
        rest = rest[(end + 1)..];
        return text;
    }
}

/// <summary>Why a node does not fit a task: the names in explanations.</summary>
internal static class NodeLacks
{
    public const string Accepts = "accepts";
    public const string Architecture = "architecture";
    public const string Memory = "memory";
    public const string Labels = "labels";
    public const string Owner = "owner";
    public const string Only = "only";
    public const string Avoided = "avoided";
}
