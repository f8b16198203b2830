using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Nodes;

namespace Ailee.Vcp.Node.Tests.Remote;

/// <summary>What goes wrong with one call.</summary>
internal enum Fault
{
    /// <summary>The request does not arrive.</summary>
    RequestLost,

    /// <summary>The server did it, and its answer does not arrive.</summary>
    ResponseLost,

    /// <summary>503 without having done it.</summary>
    Busy,

    /// <summary>The session is over.</summary>
    SessionEnded,

    /// <summary>Something on the way answers instead.</summary>
    Garbage,

    /// <summary>The server did it, and its answer breaks off.</summary>
    Cut,
}

/// <summary>A server that keeps to the protocol, on a network that does not.</summary>
internal sealed class FakeServer(TimeProvider machine) : HttpMessageHandler
{
    public const string Origin = "urn:vcp:log:test";
    public const string Token = "vcpj_token";

    private readonly object _gate = new();
    private readonly Dictionary<string, Queue<Fault>> _faults = [];
    private readonly Dictionary<Guid, LeaseGrant> _grants = [];
    private readonly Dictionary<Guid, byte[]> _statements = [];
    private readonly HashSet<Guid> _outputs = [];
    private readonly Channel<LeaseGrant> _work = Channel.CreateUnbounded<LeaseGrant>();
    private readonly Channel<Guid> _accepted = Channel.CreateUnbounded<Guid>();
    private byte[]? _challenge;
    private string? _session;
    private int _inFlight;

    /// <summary>The calls by name, in their order.</summary>
    public ConcurrentQueue<string> Calls { get; } = [];

    /// <summary>Names of the polls that came.</summary>
    public ConcurrentQueue<Guid> Polls { get; } = [];

    public ConcurrentQueue<HeartbeatRequest> Heartbeats { get; } = [];

    public ConcurrentQueue<string?> Presented { get; } = [];

    public ConcurrentQueue<(string Auction, long Price)> Bids { get; } = [];

    public ConcurrentQueue<int> Probes { get; } = [];

    /// <summary>Statements that differ from what was said before of a lease.</summary>
    public int Contradictions { get; private set; }

    /// <summary>How much later the server's clock is.</summary>
    public TimeSpan Skew { get; set; }

    public TimeSpan SessionLength { get; set; } = TimeSpan.FromHours(1);

    public int HeartbeatMs { get; set; } = 5000;

    public SigningKey Log { get; set; } = SigningKey.Create();

    public string Checkpoint { get; set; } = string.Empty;

    public bool WantsOutputs { get; set; } = true;

    public int? RetryAfterSeconds { get; set; }

    public Func<string, HttpResponseMessage?> Override { get; set; } = _ => null;

    public HeartbeatReply? Reply { get; set; }

    public Dictionary<string, byte[]> Contents { get; } = [];

    public string? Enrolled { get; private set; }

    /// <summary>The key that may start sessions.</summary>
    public PublicKey? Key { get; set; }

    public DateTimeOffset Now => machine.GetUtcNow() + Skew;

    public NoteKey LogKey => new(Origin, Log.PublicKey, NoteKeyType.Log);

    public string CheckpointOf(long size, byte root = 0)
    {
        var text = new Checkpoint(Origin, size, new Digest([.. Enumerable.Repeat(root, 32)])).ToText();
        return new SignedNote(text, [NoteKey.Sign(Origin, Log, text)]).ToString();
    }

    public HttpClient Client() => new(this, disposeHandler: false) { BaseAddress = new Uri("http://server.test/"), Timeout = Timeout.InfiniteTimeSpan };

    public void Fail(string call, params Fault[] faults)
    {
        lock (_gate)
        {
            _faults[call] = new Queue<Fault>(faults);
        }
    }

    public void Send(params LeaseOffer[] offers) => Send(new LeaseGrant(offers, [], []));

    public void Send(LeaseGrant grant) => Assert.True(_work.Writer.TryWrite(grant));

    public Task<Guid> AcceptedAsync() => _accepted.Reader.ReadAsync().AsTask();

    public bool HasAccepted => _accepted.Reader.TryPeek(out _);

    public byte[] StatementOf(Guid lease) => _statements[lease];

    public int CountOf(string call) => Calls.Count(name => name == call);

    /// <summary>Calls that it works on; polls that wait are none.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _inFlight);
        try
        {
            return await HandleAsync(request, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private async Task<HttpResponseMessage> HandleAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var parts = request.RequestUri!.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries)[2..];
        var call = NameOf(request.Method.Method, parts);
        Calls.Enqueue(call);
        var fault = NextFault(call);
        if (fault == Fault.RequestLost)
        {
            throw new HttpRequestException("The network is away.");
        }

        if (fault == Fault.Busy)
        {
            return Problem(HttpStatusCode.ServiceUnavailable, "storage-unavailable");
        }

        if (fault == Fault.Garbage)
        {
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("<html>Please log in to the network.</html>", Encoding.UTF8, "text/html") };
        }

        if (fault == Fault.SessionEnded)
        {
            _session = null;
        }

        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var response = Override(call) ?? await AnswerAsync(call, parts, request, body, cancellationToken);
        return fault switch
        {
            Fault.ResponseLost => throw new HttpRequestException("The connection broke."),
            Fault.Cut => Cut(response),
            _ => response,
        };
    }

    private static HttpResponseMessage Cut(HttpResponseMessage response)
    {
        response.Content = new StreamContent(new BreakingStream());
        return response;
    }

    private Fault? NextFault(string call)
    {
        lock (_gate)
        {
            return _faults.TryGetValue(call, out var faults) && faults.TryDequeue(out var fault) ? fault : null;
        }
    }

    private static string NameOf(string method, string[] parts) => (method, parts) switch
    {
        ("POST", ["nodes"]) => "enrol",
        ("POST", ["nodes", "challenge"]) => "challenge",
        ("POST", ["nodes", _, var what]) => what,
        ("POST", ["nodes", _, var what, _]) => what,
        ("POST", ["leases", _, "result"]) or ("PUT", ["leases", _, "output"]) or ("GET", ["leases", _, "module" or "bundle" or "stdin"]) => parts[2],
        _ => $"unknown {method} {string.Join('/', parts)}",
    };

    private async Task<HttpResponseMessage> AnswerAsync(string call, string[] parts, HttpRequestMessage request, byte[] body, CancellationToken cancellationToken)
    {
        if (call is not ("enrol" or "challenge" or "session") && (_session is null || request.Headers.Authorization is not { Scheme: "Bearer", Parameter: var token } || token != _session))
        {
            return Problem(HttpStatusCode.Unauthorized, "session-ended");
        }

        switch (call)
        {
            case "challenge":
                _challenge = Guid.NewGuid().ToByteArray();
                return Json(new ChallengeView(Base64Url.EncodeToString(_challenge), Origin, LogKey.ToString(), Now), VcpJson.Default.ChallengeView);
            case "enrol":
                return Enrol(Read(body, VcpJson.Default.EnrolmentRequest));
            case "session":
                return Session(parts[1], Read(body, VcpJson.Default.SessionRequest));
            case "heartbeat":
                Heartbeats.Enqueue(Read(body, VcpJson.Default.HeartbeatRequest));
                return Json(Reply is { } reply ? reply with { ServerTime = Now } : new HeartbeatReply(Now, "online", [], [], null), VcpJson.Default.HeartbeatReply);
            case "probes":
                Probes.Enqueue(body.Length);
                return new HttpResponseMessage(HttpStatusCode.NoContent);
            case "leases":
                return await LeasesAsync(Read(body, VcpJson.Default.LeasePoll), cancellationToken);
            case "bids":
                Bids.Enqueue((parts[3], Read(body, VcpJson.Default.BidRequest).Price));
                return new HttpResponseMessage(HttpStatusCode.NoContent);
            case "result":
                return Result(Guid.Parse(parts[1]), Read(body, VcpJson.Default.ResultRequest));
            case "output":
                Assert.True(ResultContentCodec.TryDecode(body, body.Length, out _, out _));
                _outputs.Add(Guid.Parse(parts[1]));
                return new HttpResponseMessage(HttpStatusCode.NoContent);
            case "module" or "bundle" or "stdin":
                return Contents.TryGetValue($"{parts[1]}/{call}", out var content)
                    ? Bytes(content, call switch { "module" => MediaTypes.Wasm, "bundle" => MediaTypes.Tar, _ => MediaTypes.Binary })
                    : Problem(HttpStatusCode.NotFound, "lease-unknown");
            default:
                return Problem(HttpStatusCode.NotFound, "not-found");
        }
    }

    private HttpResponseMessage Enrol(EnrolmentRequest request)
    {
        Assert.True(PublicKey.TryParse(request.PublicKey, out var key));
        var proof = NodeProof.ForEnrolment(Origin, key.Id, _challenge, Digest.Of(Encoding.UTF8.GetBytes(request.Token)));
        if (request.Token != Token || (Enrolled is not null && Enrolled != request.PublicKey) || !key.Verify(proof, Base64Url.DecodeFromChars(request.Signature)))
        {
            return Problem(HttpStatusCode.Forbidden, "token-invalid");
        }

        Enrolled = request.PublicKey;
        var view = new NodeView
        {
            Id = key.Id.ToString(),
            Name = request.Name!,
            Owner = "alice",
            PublicKey = request.PublicKey,
            State = "offline",
            Health = new HealthView(0, []),
            Reputation = 0.5,
            EnrolledAt = Now,
        };
        return Json(view, VcpJson.Default.NodeView);
    }

    private HttpResponseMessage Session(string node, SessionRequest request)
    {
        Presented.Enqueue(request.Checkpoint);
        Assert.True(NodeId.TryParse(node, out var id) && Key?.Id == id);
        if (_challenge is null || !Key!.Verify(NodeProof.ForSession(Origin, id, _challenge), Base64Url.DecodeFromChars(request.Signature)))
        {
            return Problem(HttpStatusCode.Unauthorized, "challenge-used");
        }

        (_challenge, _session) = (null, "vcpn_" + Guid.NewGuid().ToString("n"));
        return Json(new SessionView(_session, Now + SessionLength, Now, HeartbeatMs, 30_000, Checkpoint), VcpJson.Default.SessionView);
    }

    private async Task<HttpResponseMessage> LeasesAsync(LeasePoll poll, CancellationToken cancellationToken)
    {
        Polls.Enqueue(poll.Request);
        LeaseGrant? grant;
        lock (_gate)
        {
            _grants.TryGetValue(poll.Request, out grant);
        }

        if (grant is null)
        {
            Interlocked.Decrement(ref _inFlight);
            try
            {
                grant = await _work.Reader.ReadAsync(cancellationToken);
            }
            finally
            {
                Interlocked.Increment(ref _inFlight);
            }

            lock (_gate)
            {
                _grants[poll.Request] = grant;
            }
        }

        return Json(grant, VcpJson.Default.LeaseGrant);
    }

    private static HttpResponseMessage Bytes(byte[] content, string mediaType)
    {
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(content) };
        response.Content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        return response;
    }

    private HttpResponseMessage Result(Guid lease, ResultRequest request)
    {
        var said = request.Statement?.ToArray() ?? Encoding.UTF8.GetBytes(request.Inconclusive ?? "divergence");
        lock (_gate)
        {
            if (request.Statement is not null && WantsOutputs && !_outputs.Contains(lease))
            {
                return Json(new LeaseReceipt(false, null, OutputWanted: true), VcpJson.Default.LeaseReceipt);
            }

            if (_statements.TryAdd(lease, said))
            {
                Assert.True(_accepted.Writer.TryWrite(lease));
            }
            else if (!_statements[lease].AsSpan().SequenceEqual(said))
            {
                Contradictions++;
            }
        }

        return Json(new LeaseReceipt(true, null), VcpJson.Default.LeaseReceipt);
    }

    /// <summary>What was said of a lease in the place of a statement.</summary>
    public string SaidOf(Guid lease)
    {
        lock (_gate)
        {
            return Encoding.UTF8.GetString(_statements[lease]);
        }
    }

    public HttpResponseMessage Problem(HttpStatusCode status, string code)
    {
        var response = new HttpResponseMessage(status)
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new ProblemView(null, null, (int)status, "It is so.", code), VcpJson.Default.ProblemView)),
        };
        response.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypes.Problem);
        response.Headers.RetryAfter = RetryAfterSeconds is { } seconds ? new RetryConditionHeaderValue(TimeSpan.FromSeconds(seconds)) : null;
        return response;
    }

    private static T Read<T>(byte[] body, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(body, type)!;

    private static HttpResponseMessage Json<T>(T value, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, type));
        content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypes.Json);
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = content };
    }

    /// <summary>Gives a few bytes and breaks off.</summary>
    private sealed class BreakingStream : MemoryStream
    {
        private bool _given;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_given)
            {
                throw new IOException("The connection broke.");
            }

            _given = true;
            buffer.Span[0] = (byte)'{';
            return ValueTask.FromResult(1);
        }
    }
}
