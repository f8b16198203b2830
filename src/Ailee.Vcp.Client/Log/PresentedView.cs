namespace Ailee.Vcp.Client.Log;

/// <summary>The answer to a checkpoint that somebody presents.</summary>
/// <param name="Size">Number of entries that the server has published.</param>
/// <param name="Consistent">Always true: a checkpoint that contradicts the log is refused with <c>log-behind</c> or <c>log-forked</c>.</param>
public sealed record PresentedView(long Size, bool Consistent);
