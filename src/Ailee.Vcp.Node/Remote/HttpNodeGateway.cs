using System.Threading.Channels;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using Microsoft.Extensions.Logging;

namespace Ailee.Vcp.Node.Remote;

/// <summary>
/// The way to a server over HTTP (docs/design/mesh.md). The node dials out; every call is safe to repeat and is repeated until it is
/// answered, whatever the network does. Thread-safe.
/// </summary>
public sealed partial class HttpNodeGateway : INodeGateway, IAsyncDisposable
{
    private const int WaitSeconds = 30;
    private const int MostLeases = 1024;
    private const long MostGrantBytes = 256L << 20;
    private const int MostReplyBytes = 1 << 20;
    private const int MostModuleBytes = 256 << 20;
    private const int MostStdinBytes = 256 << 20;

    // A tree of the widest limits, with a header for each of its paths.
    private const long MostBundleBytes = 4L << 30;
    private const int MostProbeBytes = 16 << 20;

    private static readonly TimeSpan PollTimeout = TimeSpan.FromSeconds(WaitSeconds + 15);

    // What is not said by then the server finds out by itself, when the leases expire.
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(5);

    // A server that answers at once with nothing is not asked more often.
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromSeconds(1);

    private readonly Channel<IReadOnlyList<Guid>> _revoked = Channel.CreateUnbounded<IReadOnlyList<Guid>>();
    private readonly CancellationTokenSource _stop = new();
    private readonly NodeHttp _http;
    private readonly NodeId _node;
    private readonly NodeSessions _sessions;
    private readonly Reachability _reachability;
    private readonly ServerCalls _calls;
    private readonly ResultUpload _results;
    private readonly AuctionBids _bids;
    private readonly string _downloads;
    private readonly TimeProvider _machine;
    private readonly ILogger<HttpNodeGateway> _logger;
    private string? _state;

    /// <param name="http">Connections to the server, as <see cref="NodeEnroller.Connect"/> makes them; owned.</param>
    /// <param name="directory">The node's directory; nobody else uses it.</param>
    /// <param name="settings">What the node knows of the server.</param>
    /// <param name="key">The node's key.</param>
    /// <param name="capabilities">What the node says that it can do.</param>
    /// <param name="machine">The machine's clock.</param>
    /// <param name="logger">Where it tells what happens.</param>
    /// <exception cref="InvalidDataException">The stored checkpoint is none of the server's log.</exception>
    public HttpNodeGateway(
        HttpClient http,
        NodeDirectory directory,
        NodeSettings settings,
        SigningKey key,
        NodeCapabilities capabilities,
        TimeProvider machine,
        ILogger<HttpNodeGateway> logger)
    {
        (_node, _machine, _logger) = (key.PublicKey.Id, machine, logger);
        _http = new NodeHttp(http, machine);
        Time = new CorrectedTime(machine);
        _downloads = directory.OpenDownloads();
        _sessions = new NodeSessions(_http, key, settings, capabilities, new CheckpointFile(directory.Checkpoint, settings.ParseLogKey()), Time, logger, _stop.Token);
        _reachability = new Reachability(machine);
        _calls = new ServerCalls(_sessions, _reachability, machine, logger);
        _results = new ResultUpload(_http, _calls, machine);
        _bids = new AuctionBids(_http, _calls, _node, capabilities.Price, Time, logger);
    }

    /// <summary>The server's clock: what is signed for the server is dated by it.</summary>
    public CorrectedTime Time { get; }

    /// <inheritdoc/>
    public TimeSpan HeartbeatInterval => _sessions.HeartbeatInterval;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LeaseOffer>> LeaseAsync(int most, CancellationToken cancellationToken)
    {
        using var ending = Ending(cancellationToken);
        var refusals = 0;
        while (true)
        {
            var began = _machine.GetTimestamp();
            // One name for all tries: what was granted in an answer that was lost comes again.
            var poll = new LeasePoll(Guid.NewGuid(), Math.Min(most, MostLeases));
            try
            {
                var call = NodeCall.Post($"nodes/{_node}/leases?wait={WaitSeconds}", poll, VcpJson.Default.LeasePoll) with { Timeout = PollTimeout };
                var grant = await _calls.UntilAnsweredAsync(
                    "Asking for leases",
                    (token, inner) => _http.SendAsync(call with { Token = token }, MostGrantBytes, VcpJson.Default.LeaseGrant, inner),
                    ending.Token);
                refusals = 0;
                Revoke(grant.Revoked);
                _bids.Bid(grant.Auctions, _stop.Token);
                if (Sound(grant.Leases, poll.Most) is { Count: > 0 } leases)
                {
                    return leases;
                }
            }
            catch (NodeCallException exception)
            {
                LogPollRefused(exception.Message);
                await Task.Delay(Backoff.Delay(++refusals, Random.Shared.NextDouble(), exception.RetryAfter), _machine, ending.Token);
            }

            if (ShortestPoll - _machine.GetElapsedTime(began) is var rest && rest > TimeSpan.Zero)
            {
                await Task.Delay(rest, _machine, ending.Token);
            }
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Guid>> WaitRevocationsAsync(CancellationToken cancellationToken) => await _revoked.Reader.ReadAsync(cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="NodeCallException">There was no answer. The next heartbeat says the same and more.</exception>
    public async Task<HeartbeatReply> HeartbeatAsync(HeartbeatRequest heartbeat, CancellationToken cancellationToken)
    {
        using var ending = Ending(cancellationToken);
        var asked = 0L;
        try
        {
            var reply = await _calls.OnceAsync(
                (token, inner) =>
                {
                    asked = _machine.GetTimestamp();
                    // The agent works in corrected time.
                    var sent = heartbeat with { SentAt = _machine.GetUtcNow() };
                    var call = NodeCall.Post($"nodes/{_node}/heartbeat", sent, VcpJson.Default.HeartbeatRequest) with { Token = token, Timeout = HeartbeatTimeout() };
                    return _http.SendAsync(call, MostReplyBytes, VcpJson.Default.HeartbeatReply, inner);
                },
                ending.Token);
            Time.Measure(asked, _machine.GetTimestamp(), reply.ServerTime);
            _reachability.Found();
            Revoke(reply.Revoked);
            Notice(reply);
            return reply;
        }
        catch (NodeCallException exception) when (exception.Status is null)
        {
            _reachability.Lost();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task ProbeAsync(Probe probe, CancellationToken cancellationToken)
    {
        if (probe.SizeBytes is < 0 or > MostProbeBytes)
        {
            LogProbeRefused(probe.SizeBytes);
            return;
        }

        using var ending = Ending(cancellationToken);
        var call = new NodeCall(HttpMethod.Post, $"nodes/{_node}/probes/{probe.Id}")
        {
            Body = new byte[probe.SizeBytes],
            MediaType = MediaTypes.Binary,
            Timeout = ResultUpload.TimeoutFor(probe.SizeBytes),
        };
        await _calls.OnceAsync(
            async (token, inner) =>
            {
                await _http.SendAsync(call with { Token = token }, inner);
                return true;
            },
            ending.Token);
    }

    /// <inheritdoc/>
    public Task<ReadOnlyMemory<byte>> GetModuleAsync(LeaseOffer lease, CancellationToken cancellationToken) =>
        DownloadAsync(lease, "module", MediaTypes.Wasm, MostModuleBytes, cancellationToken);

    /// <inheritdoc/>
    public async Task<Stream> GetBundleAsync(LeaseOffer lease, CancellationToken cancellationToken)
    {
        var file = new FileStream(
            Path.Combine(_downloads, Guid.NewGuid().ToString("n")),
            new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous });
        try
        {
            await DownloadAsync(lease, "bundle", MediaTypes.Tar, file, MostBundleBytes, cancellationToken);
            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">They are not what the invocation commits to.</exception>
    public async Task<ReadOnlyMemory<byte>> GetStdinAsync(LeaseOffer lease, CancellationToken cancellationToken)
    {
        var stdin = await DownloadAsync(lease, "stdin", MediaTypes.Binary, MostStdinBytes, cancellationToken);
        return IsStdinOf(lease, stdin) ? stdin : throw new InvalidDataException("The stdin that came is not the one that the invocation commits to.");
    }

    /// <inheritdoc/>
    public async Task<LeaseReceipt> ReportAsync(LeaseReport report, CancellationToken cancellationToken)
    {
        using var ending = Ending(cancellationToken);
        var receipt = await _results.ReportAsync(report, ending.Token);
        if (receipt.Code?.StartsWith("timestamp-", StringComparison.Ordinal) == true)
        {
            // The server gives no more work to a clock like that, until a session has set it right.
            _sessions.Renew();
        }

        return receipt;
    }

    /// <inheritdoc/>
    public async Task GiveBackAsync(IReadOnlyList<Guid> leases)
    {
        using var ending = new CancellationTokenSource(LongestGoodbye, _machine);
        await Task.WhenAll(leases.Select(lease => _results.GiveBackAsync(lease, ending.Token)));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _bids.WhenDoneAsync();
        _http.Dispose();
        _stop.Dispose();
        _results.Dispose();
    }

    private async Task<ReadOnlyMemory<byte>> DownloadAsync(LeaseOffer lease, string what, string mediaType, long maxBytes, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        await DownloadAsync(lease, what, mediaType, bytes, maxBytes, cancellationToken);
        return bytes.ToArray();
    }

    private async Task DownloadAsync(LeaseOffer lease, string what, string mediaType, Stream destination, long maxBytes, CancellationToken cancellationToken)
    {
        using var ending = Ending(cancellationToken);
        try
        {
            await _calls.UntilAnsweredAsync(
                $"Downloading the {what} of task {lease.Task}",
                async (token, inner) =>
                {
                    destination.SetLength(0);
                    await _http.DownloadAsync($"leases/{lease.Lease}/{what}", mediaType, token, destination, maxBytes, inner);
                    return true;
                },
                ending.Token);
        }
        catch (NodeCallException exception) when (exception.Status is not null)
        {
            throw new LeaseEndedException(lease.Lease, exception.Message);
        }
    }

    private List<LeaseOffer> Sound(IReadOnlyList<LeaseOffer>? leases, int most)
    {
        if (leases?.Count > most)
        {
            LogTooManyLeases(leases.Count, most);
        }

        // Stdin that does not fit is asked for by itself, and looked at again then: nothing false is signed.
        return [.. (leases ?? []).Where(lease => lease is not null).Take(most).Select(lease => lease.Stdin is { } stdin && !IsStdinOf(lease, stdin) ? lease with { Stdin = null } : lease)];
    }

    private static bool IsStdinOf(LeaseOffer lease, ReadOnlyMemory<byte> stdin) =>
        ContentHash.Find(lease.Hash) is { } hash && Invocation.TryDecode(lease.Invocation, out _) is { } invocation && Blob.Of(stdin.Span, hash) == invocation.Stdin;

    private void Revoke(IReadOnlyList<Guid>? leases)
    {
        if (leases?.Count > 0)
        {
            _revoked.Writer.TryWrite(leases);
        }
    }

    private void Notice(HeartbeatReply reply)
    {
        var state = reply.Reasons is { Count: > 0 } reasons ? $"{reply.State}: {string.Join(" ", reasons)}" : reply.State;
        if (state != _state)
        {
            _state = state;
            LogState(state);
        }
    }

    // It should not outlast many of those that follow, each of which says more.
    private TimeSpan HeartbeatTimeout() => 2 * HeartbeatInterval is var twice && twice > TimeSpan.FromSeconds(5) ? twice : TimeSpan.FromSeconds(5);

    private CancellationTokenSource Ending(CancellationToken cancellationToken) => CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);

    [LoggerMessage(2121, LogLevel.Error, "The server refuses to lease: {Why} Trying again")]
    private partial void LogPollRefused(string why);

    [LoggerMessage(2122, LogLevel.Warning, "The server gave {Count} leases where {Most} were asked for; what is too much is left")]
    private partial void LogTooManyLeases(int count, int most);

    [LoggerMessage(2123, LogLevel.Information, "For the server this node is {State}")]
    private partial void LogState(string state);

    [LoggerMessage(2124, LogLevel.Warning, "The server asks for a probe of {SizeBytes} bytes, which is not answered")]
    private partial void LogProbeRefused(int sizeBytes);
}
