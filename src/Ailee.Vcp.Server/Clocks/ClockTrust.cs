namespace Ailee.Vcp.Server.Clocks;

/// <summary>
/// Whether the machine's clock can be believed so far that something may be taken away because of its age. It is doubted when it does not go
/// as evenly as time does, or when it begins far from where it was last; and believed again once it went evenly for a day.
/// </summary>
internal sealed record ClockTrust
{
    /// <summary>What a clock may gain or lose in <see cref="Stretch"/>: more than corrections of a clock that runs badly, less than what counts.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    /// <summary>How far ahead of where it was last the clock may begin, and how long it must go evenly to be believed again: an operator's day.</summary>
    public static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private static readonly TimeSpan Stretch = TimeSpan.FromHours(1);

    private readonly DateTimeOffset _fromUtc;
    private readonly TimeSpan _from;

    private ClockTrust(DateTimeOffset utc, TimeSpan elapsed, DateTimeOffset? doubtedSince) =>
        (_fromUtc, _from, Mark) = (utc, elapsed, new ClockMark(utc, utc - doubtedSince >= Day ? null : doubtedSince));

    /// <summary>What is to be known at the next start.</summary>
    public ClockMark Mark { get; private init; }

    /// <summary>Whether the clock is believed.</summary>
    public bool IsTrusted => Mark.DoubtedSince is null;

    /// <summary>The first look after a start.</summary>
    /// <param name="last">The mark of the run before; null if there was none.</param>
    /// <param name="utc">What the clock says.</param>
    /// <param name="elapsed">Time that nobody sets, from anywhere.</param>
    public static ClockTrust Start(ClockMark? last, DateTimeOffset utc, TimeSpan elapsed) =>
        new(utc, elapsed, last is null ? null : utc - last.Utc > Day || last.Utc - utc > Tolerance ? utc : last.DoubtedSince);

    /// <summary>The next look.</summary>
    public ClockTrust Next(DateTimeOffset utc, TimeSpan elapsed)
    {
        var gained = utc - _fromUtc - (elapsed - _from);
        return gained.Duration() > Tolerance ? new ClockTrust(utc, elapsed, utc)
            : elapsed - _from >= Stretch ? new ClockTrust(utc, elapsed, Mark.DoubtedSince)
            : this with { Mark = new ClockMark(utc, utc - Mark.DoubtedSince >= Day ? null : Mark.DoubtedSince) };
    }
}

/// <summary>What is kept of the clock from one run to the next.</summary>
/// <param name="Utc">What it said last.</param>
/// <param name="DoubtedSince">What it said when it began to be doubted; null if it is believed.</param>
internal sealed record ClockMark(DateTimeOffset Utc, DateTimeOffset? DoubtedSince);
