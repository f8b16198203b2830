namespace Ailee.Vcp.Server.Overload;

/// <summary>Marks a call that gives the server more to do or to keep: the first to be refused when it has too much.</summary>
/// <param name="isTasks">Whether what it gives are tasks.</param>
internal sealed class TakesWork(bool isTasks)
{
    /// <summary>Whether each needs a place among the undecided tasks.</summary>
    public bool IsTasks { get; } = isTasks;
}

internal static class TakesWorkExtensions
{
    /// <summary>It takes tasks.</summary>
    public static RouteHandlerBuilder TakesTasks(this RouteHandlerBuilder call) => call.WithMetadata(new TakesWork(isTasks: true));

    /// <summary>It takes something to keep.</summary>
    public static RouteHandlerBuilder TakesContent(this RouteHandlerBuilder call) => call.WithMetadata(new TakesWork(isTasks: false));
}
