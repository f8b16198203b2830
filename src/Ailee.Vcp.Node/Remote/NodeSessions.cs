using System.Buffers.Text;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Nodes;
using Microsoft.Extensions.Logging;

namespace Ailee.Vcp.Node.Remote;

/// <summary>
/// Holds the session: starts one when it is needed, a new one before it ends, and again for as long as the server cannot be reached.
/// Whoever needs one waits for the same start. Thread-safe.
/// </summary>
internal sealed partial class NodeSessions(
    NodeHttp http,
    SigningKey key,
    NodeSettings settings,
    NodeCapabilities capabilities,
    CheckpointFile checkpoints,
    CorrectedTime clock,
    ILogger logger,
    CancellationToken stop)
{
    private const int MostAnswerBytes = 256 * 1024;

    // A session that ends so soon was ended by another one.
    private static readonly TimeSpan Short = TimeSpan.FromMinutes(1);

    private readonly object _gate = new();
    private NodeSession? _session;
    private Task<NodeSession>? _starting;
    private int _shortOnes;

    /// <summary>How often the server wants to hear of the node. Default 5 s.</summary>
    public TimeSpan HeartbeatInterval { get; private set; } = TimeSpan.FromSeconds(5);

    /// <summary>A session to use now.</summary>
    public Task<NodeSession> GetAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var (due, over) = _session?.At(clock) ?? (true, true);
            if (due)
            {
                _starting ??= Task.Run(StartAsync, CancellationToken.None);
            }

            return over ? _starting!.WaitAsync(cancellationToken) : Task.FromResult(_session!);
        }
    }

    /// <summary>The server no longer knows the session: the next who needs one gets another.</summary>
    public void Ended(NodeSession session)
    {
        lock (_gate)
        {
            if (_session != session)
            {
                return;
            }

            _session = null;
            _shortOnes = clock.GetElapsedTime(session.Started) < Short ? _shortOnes + 1 : 0;
        }
    }

    /// <summary>Lets the next who needs a session get another, in which the clocks are compared anew; not if this one has just begun.</summary>
    public void Renew()
    {
        lock (_gate)
        {
            if (_session is { } session && clock.GetElapsedTime(session.Started) >= Short)
            {
                _session = null;
            }
        }
    }

    private async Task<NodeSession> StartAsync()
    {
        try
        {
            return await StartUntilAnsweredAsync();
        }
        finally
        {
            lock (_gate)
            {
                _starting = null;
            }
        }
    }

    private async Task<NodeSession> StartUntilAnsweredAsync()
    {
        // The first new session is started at once: the server may have been set up anew. Then it looks as if two agents had one key.
        if (Volatile.Read(ref _shortOnes) is > 1 and var shortOnes)
        {
            LogShortSession();
            await Task.Delay(Backoff.Delay(shortOnes, Random.Shared.NextDouble(), null), clock, stop);
        }

        for (var failures = 1; ; failures++)
        {
            TimeSpan? asked;
            try
            {
                var session = await StartOnceAsync();
                lock (_gate)
                {
                    (_session, HeartbeatInterval) = (session, session.HeartbeatInterval);
                }

                LogStarted(settings.Server);
                return session;
            }
            catch (NodeCallException exception)
            {
                // Once it may be that a session of before was just on its way.
                asked = exception.RetryAfter ?? (exception.IsTransient || failures == 1 ? null : Backoff.Longest);
                if (exception.IsTransient)
                {
                    LogNotStarted(exception.Message);
                }
                else
                {
                    LogRefused(settings.Server, exception.Message);
                }
            }

            await Task.Delay(Backoff.Delay(failures, Random.Shared.NextDouble(), asked), clock, stop);
        }
    }

    private async Task<NodeSession> StartOnceAsync()
    {
        var (challenge, bytes) = await NodeChallenge.AskAsync(http, clock, key, stop);
        if (challenge.Origin != settings.Origin || challenge.LogKey != settings.LogKey)
        {
            LogOtherServer(settings.Server, challenge.LogKey, settings.LogKey);
            throw NodeCallException.NoAnswer("The server is not the one that this node enrolled with.");
        }

        var request = new SessionRequest
        {
            Challenge = challenge.Challenge,
            Signature = Base64Url.EncodeToString(key.Sign(NodeProof.ForSession(settings.Origin, key.PublicKey.Id, bytes))),
            Capabilities = capabilities,
            Checkpoint = checkpoints.Note,
        };
        var asked = clock.GetTimestamp();
        var view = await http.SendAsync(NodeCall.Post($"nodes/{key.PublicKey.Id}/session", request, VcpJson.Default.SessionRequest), MostAnswerBytes, VcpJson.Default.SessionView, stop);
        clock.Measure(asked, clock.GetTimestamp(), view.ServerTime);
        if (view.Token is not { Length: > 0 and <= 512 } || !view.Token.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-') || view.ExpiresAt <= view.ServerTime)
        {
            throw NodeCallException.NoAnswer("The server's answer cannot be read: it is no session.");
        }

        Keep(view.Checkpoint);
        return new NodeSession(view.Token, asked, view.ExpiresAt - view.ServerTime, TimeSpan.FromMilliseconds(Math.Clamp(view.HeartbeatMs, 100, 60_000)));
    }

    private void Keep(string? note)
    {
        try
        {
            var before = checkpoints.Size;
            switch (string.IsNullOrEmpty(note) ? CheckpointJudgement.Unchanged : checkpoints.Take(note))
            {
                case CheckpointJudgement.WentBack:
                    LogWentBack(settings.Origin, before);
                    break;
                case CheckpointJudgement.Forked:
                    LogForked(settings.Origin, before);
                    break;
                case CheckpointJudgement.NotSigned:
                    LogNotSigned(settings.Origin);
                    break;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogNotKept(exception);
        }
    }

    [LoggerMessage(2101, LogLevel.Information, "A session with {Server} has begun")]
    private partial void LogStarted(Uri server);

    [LoggerMessage(2102, LogLevel.Warning, "No session yet: {Why} Trying again")]
    private partial void LogNotStarted(string why);

    [LoggerMessage(2103, LogLevel.Error, "{Server} refuses a session: {Why}. Trying again; ask the operator if it goes on")]
    private partial void LogRefused(Uri server, string why);

    [LoggerMessage(2104, LogLevel.Error, "{Server} IS NOT THE SERVER THAT THIS NODE ENROLLED WITH: the key of its log is {Given}, not {Known}. Nothing is signed for it")]
    private partial void LogOtherServer(Uri server, string given, string known);

    [LoggerMessage(2105, LogLevel.Error, "Sessions end soon after they begin: another agent seems to run with the same key. Stop one of them")]
    private partial void LogShortSession();

    [LoggerMessage(2106, LogLevel.Critical, "THE LOG {Origin} WENT BACK: it had {Size} entries and the server now shows fewer. What was seen is kept and shown to the server")]
    private partial void LogWentBack(string origin, long size);

    [LoggerMessage(2107, LogLevel.Critical, "THE LOG {Origin} HAS FORKED: the server shows another root for {Size} entries. What was seen is kept and shown to the server")]
    private partial void LogForked(string origin, long size);

    [LoggerMessage(2108, LogLevel.Critical, "The server shows a checkpoint that the log {Origin} did not sign. It is not kept")]
    private partial void LogNotSigned(string origin);

    [LoggerMessage(2109, LogLevel.Error, "The log's checkpoint could not be stored")]
    private partial void LogNotKept(Exception exception);
}
