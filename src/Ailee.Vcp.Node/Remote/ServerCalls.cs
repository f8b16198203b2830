using Microsoft.Extensions.Logging;

namespace Ailee.Vcp.Node.Remote;

/// <summary>Makes calls until they are answered: with a session, again with another one when it ended, and again later when there was no answer.</summary>
internal sealed partial class ServerCalls(NodeSessions sessions, Reachability reachability, TimeProvider time, ILogger logger)
{
    /// <summary>Makes one call until the server answers it.</summary>
    /// <param name="what">The call in words, for the log.</param>
    /// <param name="call">Makes it with a session's token. It must be safe to repeat.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="NodeCallException">The server refused, and would again.</exception>
    public async Task<T> UntilAnsweredAsync<T>(string what, Func<string, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        var (failures, isSessionNew) = (0, false);
        while (true)
        {
            var session = await sessions.GetAsync(cancellationToken);
            try
            {
                var answer = await call(session.Token, cancellationToken);
                if (failures > 0)
                {
                    LogAnswered(what, failures);
                }

                return answer;
            }
            catch (NodeCallException exception) when (exception.IsSessionEnded)
            {
                sessions.Ended(session);
                if (!isSessionNew)
                {
                    isSessionNew = true;
                    continue;
                }

                await WaitAsync(what, ++failures, exception, cancellationToken);
            }
            catch (NodeCallException exception) when (exception.IsTransient)
            {
                isSessionNew = false;
                await WaitAsync(what, ++failures, exception, cancellationToken);
            }
        }
    }

    /// <summary>Makes one call, and once more if its session had ended.</summary>
    /// <exception cref="NodeCallException">The server refused, or did not answer.</exception>
    public async Task<T> OnceAsync<T>(Func<string, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        var session = await sessions.GetAsync(cancellationToken);
        try
        {
            return await call(session.Token, cancellationToken);
        }
        catch (NodeCallException exception) when (exception.IsSessionEnded)
        {
            sessions.Ended(session);
        }

        return await call((await sessions.GetAsync(cancellationToken)).Token, cancellationToken);
    }

    private Task WaitAsync(string what, int failures, NodeCallException exception, CancellationToken cancellationToken)
    {
        if (failures == 1)
        {
            LogFailed(what, exception.Message);
        }

        var delay = Backoff.Delay(failures, Random.Shared.NextDouble(), exception.RetryAfter);
        // Only whom nobody answered is woken early: a server that is busy knows itself how long it is.
        return exception.Status is null ? reachability.WaitAsync(delay, cancellationToken) : Task.Delay(delay, time, cancellationToken);
    }

    [LoggerMessage(2111, LogLevel.Warning, "{What} failed: {Why} Trying again until it is answered")]
    private partial void LogFailed(string what, string why);

    [LoggerMessage(2112, LogLevel.Information, "{What} was answered after {Failures} failures")]
    private partial void LogAnswered(string what, int failures);
}
