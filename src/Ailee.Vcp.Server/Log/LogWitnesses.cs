using Ailee.Vcp.Server.Storage;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Log;

/// <summary>
/// Has each newest checkpoint cosigned by the configured witnesses, in the background: one request at a time for each, and those that
/// were overtaken meanwhile are left out, so nothing piles up.
/// </summary>
internal sealed partial class LogWitnesses(PublishedLog published, IDatabase database, IOptions<LogOptions> options, TimeProvider time, ILogger<LogWitnesses> logger)
    : BackgroundService
{
    private const int MaxAnswerBytes = 64 * 1024;
    private const int MaxBackoff = 64;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    // A redirect could lead into the operator's own network.
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = Timeout,
        MaxResponseContentBufferSize = MaxAnswerBytes,
    };

    public override void Dispose()
    {
        _http.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(options.Value.Witnesses.Select(witness => FollowAsync(new WitnessClient(_http, database, witness), witness.Url, stoppingToken)));

    private async Task FollowAsync(WitnessClient client, string url, CancellationToken stoppingToken)
    {
        var (sent, backoff) = (-1L, 1);
        try
        {
            while (true)
            {
                await published.WaitAsync(sent, System.Threading.Timeout.InfiniteTimeSpan, time, stoppingToken);
                await published.WritableAsync(stoppingToken);
                var tree = published.Tree;
                if (await TryCosignAsync(client, url, tree, stoppingToken))
                {
                    (sent, backoff) = (tree.Size, 1);
                }
                else
                {
                    await Task.Delay(TimeSpan.FromSeconds(backoff), time, stoppingToken);
                    backoff = Math.Min(backoff * 2, MaxBackoff);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task<bool> TryCosignAsync(WitnessClient client, string url, LogTree tree, CancellationToken stoppingToken)
    {
        try
        {
            await client.CosignAsync(tree, stoppingToken);
            return true;
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailed(url, "It did not answer in time.");
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Whatever it is: nobody would notice that this one is not asked any more.
            LogFailed(url, exception.Message);
        }

        return false;
    }

    [LoggerMessage(3005, LogLevel.Error, "The witness {Url} did not cosign the checkpoint; trying again. {Reason}")]
    private partial void LogFailed(string url, string reason);
}
