namespace Ailee.Vcp.Core.Nodes;

/// <summary>How far a node's results can be relied on, as of a moment. From then on it goes back towards <see cref="Neutral"/>.</summary>
/// <param name="Value">0 to 1.</param>
/// <param name="At">When it was that.</param>
public readonly record struct NodeReputation(double Value, DateTimeOffset At)
{
    /// <summary>Where every node starts, and where an idle one comes to in the end.</summary>
    public const double Neutral = 0.5;

    /// <summary>The time in which the distance from <see cref="Neutral"/> halves.</summary>
    public static TimeSpan HalfLife { get; } = TimeSpan.FromDays(7);

    /// <summary>The reputation of a node that did nothing yet.</summary>
    public static NodeReputation Start(DateTimeOffset now) => new(Neutral, now);

    /// <summary>
    /// The reputation as it is now: <c>0.5 + (value − 0.5) · 2^(−elapsed ÷ half-life)</c>. Unchanged if <paramref name="now"/> is not
    /// after <see cref="At"/>: a clock that was set back gives nothing.
    /// </summary>
    public NodeReputation DecayTo(DateTimeOffset now) => now > At
        ? new(Neutral + ((Scale.Unit(Value) - Neutral) * Math.Pow(2, -((now - At) / HalfLife))), now)
        : this with { Value = Scale.Unit(Value) };

    /// <summary>The reputation after something happened: first it decays, then the kind's delta is added, within 0 to 1.</summary>
    public NodeReputation After(ReputationEventKind kind, DateTimeOffset now)
    {
        var before = DecayTo(now);
        return before with { Value = Scale.Unit(before.Value + kind.Delta) };
    }
}
