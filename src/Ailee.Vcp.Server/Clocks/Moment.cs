namespace Ailee.Vcp.Server.Clocks;

/// <summary>When something happens: by the calendar, for what is shown and stored, and by the time that the server ran, for what is waited for.</summary>
/// <param name="Utc">What the machine's clock says. It may be wrong, and be set.</param>
/// <param name="Uptime">How long the server ran. Nobody sets it, and pauses of the process are not in it.</param>
internal readonly record struct Moment(DateTimeOffset Utc, TimeSpan Uptime);
