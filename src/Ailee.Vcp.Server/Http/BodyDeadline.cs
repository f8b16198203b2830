namespace Ailee.Vcp.Server.Http;

/// <summary>How long a body may take that holds a place while it arrives: so no place is held for ever, whatever the protocol.</summary>
internal static class BodyDeadline
{
    /// <summary>The slowest that such a body may arrive, on average. Unit: bytes a second.</summary>
    public const int BytesPerSecond = 64 * 1024;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <summary>The time for so many bytes.</summary>
    public static TimeSpan Of(long bytes) => Grace + TimeSpan.FromSeconds((double)bytes / BytesPerSecond);

    /// <summary>Reads with a deadline.</summary>
    /// <param name="read">Reads the body to its end.</param>
    /// <param name="bytes">Its length, or the most that it may have.</param>
    /// <param name="time">Measures it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>What was read; a problem if the time was over before.</returns>
    public static async Task<(T? Value, Problem? Problem)> ReadAsync<T>(Func<CancellationToken, Task<T>> read, long bytes, TimeProvider time, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(Of(bytes), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return (await read(either.Token), null);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return (default, Problems.BodyTooSlow.Because($"Such a body has to arrive with {BytesPerSecond} bytes a second at least, on average."));
        }
    }
}
