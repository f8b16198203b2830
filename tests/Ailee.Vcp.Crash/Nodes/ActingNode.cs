using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Node.Remote;

namespace Ailee.Vcp.Crash.Nodes;

/// <summary>
/// A node that outlives the server. As an agent does it repeats each call, in the same words, until it is answered: the poll with its name,
/// the statement with its bytes.
/// </summary>
internal sealed class ActingNode(string owner, NodeMachine machine) : IDisposable
{
    /// <summary>Labels that only these nodes have.</summary>
    public static readonly IReadOnlyDictionary<string, string> Far = new Dictionary<string, string> { ["zone"] = "far" };

    /// <summary>Labels that only those of these nodes have that do not lie.</summary>
    public static readonly IReadOnlyDictionary<string, string> Honest = new Dictionary<string, string>(Far) { ["honest"] = "yes" };

    /// <summary>The owner of nodes that say something else than what came of a run.</summary>
    public const string Liar = "dan";

    private readonly NodeCapabilities _able = MachineCapabilities.Of(4, 1 << 30, owner == Liar ? Far : Honest, 7) with { Architecture = "far" };
    private readonly SigningKey _key = SigningKey.Create();
    private readonly Dictionary<Guid, LeaseReport> _reports = [];
    private string? _joinToken;
    private string? _session;
    private LeasePoll? _poll;
    private ulong _counter;

    public NodeId Id => _key.PublicKey.Id;

    public string Owner => owner;

    /// <summary>Whether the server said that it is enrolled.</summary>
    public bool IsEnrolled { get; private set; }

    /// <summary>Whether the operator was told that it is removed, or may have been.</summary>
    public bool IsGone { get; set; }

    /// <summary>Statements that the server said it has taken.</summary>
    public List<(string Task, Digest Statement)> Accepted { get; } = [];

    /// <summary>Gets a token and enrols. Nothing is done twice that was acknowledged.</summary>
    public async Task JoinAsync(VcpClient client, HttpClient http, CancellationToken cancellationToken)
    {
        _joinToken ??= (await client.CreateJoinTokenAsync(new JoinTokenRequest { Owner = owner, Name = $"node of {owner}" }, cancellationToken)).Token;
        var (challenge, given) = await ChallengeAsync(http, cancellationToken);
        var signed = NodeProof.ForEnrolment(challenge.Origin, Id, given, Digest.Of(Encoding.UTF8.GetBytes(_joinToken)));
        var request = new EnrolmentRequest
        {
            Token = _joinToken,
            PublicKey = _key.PublicKey.ToString(),
            Challenge = challenge.Challenge,
            Signature = Base64Url.EncodeToString(_key.Sign(signed)),
            Capabilities = _able,
        };
        await PostAsync(http, "nodes", request, VcpJson.Default.EnrolmentRequest, VcpJson.Default.NodeView, cancellationToken);
        IsEnrolled = true;
    }

    /// <summary>Starts a session; the one before ends.</summary>
    public async Task StartSessionAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var (challenge, given) = await ChallengeAsync(http, cancellationToken);
        var request = new SessionRequest
        {
            Challenge = challenge.Challenge,
            Signature = Base64Url.EncodeToString(_key.Sign(NodeProof.ForSession(challenge.Origin, Id, given))),
            Capabilities = _able,
        };
        _session = null;
        _session = (await PostAsync(http, $"nodes/{Id}/session", request, VcpJson.Default.SessionRequest, VcpJson.Default.SessionView, cancellationToken)).Token;
    }

    public async Task HeartbeatAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var telemetry = new NodeTelemetry { CpuLoad = 0.5, MemoryFreeBytes = 1 << 29, MemoryTotalBytes = 1 << 30, Running = _reports.Count, TemperatureC = 50 };
        var request = new HeartbeatRequest { SentAt = NodeMachine.Time.GetUtcNow(), Leases = [.. _reports.Keys], Telemetry = telemetry };
        await PostAsync(http, $"nodes/{Id}/heartbeat", request, VcpJson.Default.HeartbeatRequest, VcpJson.Default.HeartbeatReply, cancellationToken);
    }

    /// <summary>Asks for work, bids where it can, runs what it gets and hands it in.</summary>
    public async Task WorkAsync(HttpClient http, int waitSeconds, CancellationToken cancellationToken)
    {
        if (_session is null)
        {
            await StartSessionAsync(http, cancellationToken);
        }

        _poll ??= new LeasePoll(Guid.NewGuid(), 4);
        var grant = await PostAsync(http, $"nodes/{Id}/leases?wait={waitSeconds}", _poll, VcpJson.Default.LeasePoll, VcpJson.Default.LeaseGrant, cancellationToken);
        foreach (var lease in grant.Leases.Where(lease => !_reports.ContainsKey(lease.Lease)))
        {
            var module = await http.SendAsync(Message(HttpMethod.Get, $"leases/{lease.Lease}/module"), cancellationToken);
            if (module.StatusCode != HttpStatusCode.NotFound)
            {
                _reports.Add(lease.Lease, await ReportAsync(lease, await BytesAsync(module, cancellationToken), cancellationToken));
            }
        }

        _poll = null;
        foreach (var auction in grant.Auctions)
        {
            await BidAsync(http, auction, cancellationToken);
        }

        await HandInAsync(http, cancellationToken);
    }

    /// <summary>Hands in what was not answered.</summary>
    public async Task HandInAsync(HttpClient http, CancellationToken cancellationToken)
    {
        foreach (var report in _reports.Values.ToList())
        {
            await HandInAsync(http, report, cancellationToken);
            _reports.Remove(report.Lease);
        }
    }

    public void Dispose() => _key.Dispose();

    private async Task HandInAsync(HttpClient http, LeaseReport report, CancellationToken cancellationToken)
    {
        var request = new ResultRequest { Statement = report.Statement, WallTimeMicroseconds = 1000 };
        while (true)
        {
            var receipt = await PostAsync(http, $"leases/{report.Lease}/result", request, VcpJson.Default.ResultRequest, VcpJson.Default.LeaseReceipt, cancellationToken);
            if (!receipt.OutputWanted)
            {
                if (receipt.Accepted)
                {
                    Accepted.Add((SignedStatement.TryDecode(report.Statement!.Value, out _)!.Payload.Task.ToString(), Digest.Of(report.Statement!.Value.Span)));
                }

                return;
            }

            var message = Message(HttpMethod.Put, $"leases/{report.Lease}/output");
            message.Content = new ByteArrayContent(ResultContentCodec.Encode(ResultContent.From(report)));
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypes.Cbor);
            using var response = await http.SendAsync(message, cancellationToken);
            if (response.StatusCode != HttpStatusCode.NotFound)
            {
                await BytesAsync(response, cancellationToken);
            }
        }
    }

    private async Task BidAsync(HttpClient http, AuctionOffer auction, CancellationToken cancellationToken)
    {
        using var message = Message(HttpMethod.Post, $"nodes/{Id}/bids/{auction.Auction}");
        message.Content = JsonContent.Create(new BidRequest(7), VcpJson.Default.BidRequest);
        using var response = await http.SendAsync(message, cancellationToken);
        if (response.StatusCode >= HttpStatusCode.InternalServerError)
        {
            await BytesAsync(response, cancellationToken);
        }
    }

    private async Task<LeaseReport> ReportAsync(LeaseOffer lease, byte[] module, CancellationToken cancellationToken)
    {
        var report = await machine.RunAsync(lease, module, _key, ++_counter, cancellationToken);
        return owner == Liar ? NodeLie.About(report, payload => NodeMachine.Sign(_key, payload, ++_counter)) : report;
    }

    private async Task<(ChallengeView View, byte[] Given)> ChallengeAsync(HttpClient http, CancellationToken cancellationToken)
    {
        var request = new ChallengeRequest(_key.PublicKey.ToString());
        var view = await PostAsync(http, "nodes/challenge", request, VcpJson.Default.ChallengeRequest, VcpJson.Default.ChallengeView, cancellationToken);
        return (view, Base64Url.DecodeFromChars(view.Challenge));
    }

    private async Task<TAnswer> PostAsync<TBody, TAnswer>(
        HttpClient http, string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<TAnswer> answerType, CancellationToken cancellationToken)
    {
        using var message = Message(HttpMethod.Post, path);
        message.Content = JsonContent.Create(body, bodyType);
        using var response = await http.SendAsync(message, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            _session = null;
        }

        return JsonSerializer.Deserialize(await BytesAsync(response, cancellationToken), answerType)!;
    }

    private HttpRequestMessage Message(HttpMethod method, string path)
    {
        var message = new HttpRequestMessage(method, "api/v1/" + path);
        if (_session is not null)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _session);
        }

        return message;
    }

    private static async Task<byte[]> BytesAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return response.IsSuccessStatusCode ? bytes : throw NodeRefusal.Of(response, bytes);
    }
}
