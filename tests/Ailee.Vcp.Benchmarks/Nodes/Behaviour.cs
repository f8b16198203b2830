using System.Globalization;

namespace Ailee.Vcp.Benchmarks.Nodes;

/// <summary>What a virtual node does with a task that it should answer.</summary>
internal enum Behaviour
{
    /// <summary>Says what came out.</summary>
    Honest,

    /// <summary>States another output. Signature, digests, gas and trace all fit it, so that only a vote or an audit can tell.</summary>
    WrongOutput,

    /// <summary>States the right output and more instructions than were used, with the gas and the trace that go with them.</summary>
    WrongGas,

    /// <summary>Hands in what another node of the process signed.</summary>
    Copy,

    /// <summary>Hands in random bytes as its statement.</summary>
    Garbage,

    /// <summary>Takes the lease, forgets it, and never answers.</summary>
    Silent,

    /// <summary>Takes the lease, renews it for ever, and never answers.</summary>
    Hold,

    /// <summary>Sends bodies of 10 GB as result and as output, then forgets the lease.</summary>
    Huge,

    /// <summary>Hands in a statement whose signature is empty.</summary>
    Unsigned,

    /// <summary>Signs the right output, then another one, both for the same lease.</summary>
    Equivocate,
}

/// <summary>How a node misbehaves, and on which share of its tasks.</summary>
internal sealed record Conduct(Behaviour Behaviour, double Probability)
{
    private static readonly Dictionary<string, Behaviour> Names = new(StringComparer.Ordinal)
    {
        ["honest"] = Behaviour.Honest,
        ["wrong-output"] = Behaviour.WrongOutput,
        ["wrong-gas"] = Behaviour.WrongGas,
        ["copy"] = Behaviour.Copy,
        ["garbage"] = Behaviour.Garbage,
        ["silent"] = Behaviour.Silent,
        ["hold"] = Behaviour.Hold,
        ["huge"] = Behaviour.Huge,
        ["unsigned"] = Behaviour.Unsigned,
        ["equivocate"] = Behaviour.Equivocate,
    };

    /// <summary>Always honest.</summary>
    public static Conduct Honest { get; } = new(Behaviour.Honest, 1);

    /// <summary>The names, for people.</summary>
    public static string Choices => string.Join(", ", Names.Keys);

    /// <summary>Reads <c>NAME</c> or <c>NAME:PROBABILITY</c>; null if it is neither.</summary>
    public static Conduct? Parse(string text)
    {
        var (name, share) = text.IndexOf(':', StringComparison.Ordinal) is >= 0 and var at ? (text[..at], text[(at + 1)..]) : (text, "1");
        return Names.TryGetValue(name, out var behaviour)
            && double.TryParse(share, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var probability) && probability is >= 0 and <= 1
            ? new Conduct(behaviour, probability)
            : null;
    }
}
