namespace Ailee.Vcp.Core.Nodes;

/// <summary>One limit and the value that it is for.</summary>
internal sealed record SafetyRule
{
    private readonly string _unit;
    private readonly double? _value;
    private readonly double? _limit;
    private readonly double? _calm;
    private readonly bool _isFloor;

    private SafetyRule(string name, string unit, double? value, double? limit, double? calm, bool isFloor)
    {
        (Name, _unit, _isFloor) = (name, unit, isFloor);
        (_value, _limit, _calm) = (Scale.Known(value), limit, calm);
    }

    public string Name { get; }

    public static SafetyRule AtMost(string name, string unit, double? value, double? limit, double? calm) => new(name, unit, value, limit, calm, isFloor: false);

    public static SafetyRule AtLeast(string name, string unit, double? value, double? limit, double? calm) => new(name, unit, value, limit, calm, isFloor: true);

    /// <summary>The breach after the value; null if there is none, or none any more.</summary>
    public SafetyBreach? Next(SafetyBreach? breach, DateTimeOffset now)
    {
        if (_limit is not { } limit || _calm is not { } calm)
        {
            return null;
        }

        if (_value is not { } value)
        {
            return breach is not null && now - breach.KnownAt < SafetyPolicy.UnknownHolds ? breach : null;
        }

        if (IsBeyond(value, limit))
        {
            return new SafetyBreach(Name, breach?.Since ?? now, now, CalmSince: null, Beyond(value, limit));
        }

        if (breach is null)
        {
            return null;
        }

        if (IsBeyond(value, calm))
        {
            return breach with { KnownAt = now, CalmSince = null, Reason = Until(value, calm) };
        }

        var since = breach.CalmSince ?? now;
        return now - since >= SafetyPolicy.CalmNeeded ? null : breach with { KnownAt = now, CalmSince = since, Reason = Until(value, calm) };
    }

    private bool IsBeyond(double value, double limit) => _isFloor ? value < limit : value > limit;

    private string Beyond(double value, double limit) =>
        $"{Name}: {Scale.Text(value)} {_unit}, {(_isFloor ? "below" : "above")} the limit of {Scale.Text(limit)}.";

    private string Until(double value, double calm) =>
        $"{Name}: {Scale.Text(value)} {_unit}, must stay {(_isFloor ? "at or above" : "at or below")} {Scale.Text(calm)} for {SafetyPolicy.CalmNeeded.TotalSeconds} s.";
}
