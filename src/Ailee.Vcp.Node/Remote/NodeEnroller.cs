using System.Buffers.Text;
using System.Text;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Client.Nodes;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Log;
using Ailee.Vcp.Core.Nodes;

namespace Ailee.Vcp.Node.Remote;

/// <summary>Enrols a key with a server.</summary>
public static class NodeEnroller
{
    private const int Tries = 5;
    private const int MostAnswerBytes = 1 << 20;

    /// <summary>Connections as a node wants them.</summary>
    /// <param name="server">The server's address.</param>
    /// <param name="tls">How they know each other; null for what the machine trusts.</param>
    public static HttpClient Connect(Uri server, NodeTls? tls = null) => NodeHttp.Connect(server, tls);

    /// <summary>Enrols, a few times if the server is busy or the answer is lost: the same key with the same token is enrolled once.</summary>
    /// <param name="http">Disposed at the end; its base address is the server's.</param>
    /// <param name="key">The node's key.</param>
    /// <param name="token">The operator's token.</param>
    /// <param name="name">Name for people, if the token has none.</param>
    /// <param name="capabilities">What the node can do.</param>
    /// <param name="known">The log's key if it is known already: a server that has another one is not given the token.</param>
    /// <param name="time">The machine's clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The node as the server has it, and the log's key to remember.</returns>
    /// <exception cref="NodeCallException">The server refused, or cannot be reached.</exception>
    /// <exception cref="InvalidDataException">The server is not the one that is known, or answered nonsense.</exception>
    public static async Task<(NodeView Node, string LogKey)> EnrolAsync(
        HttpClient http,
        SigningKey key,
        string token,
        string? name,
        NodeCapabilities capabilities,
        string? known,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        using var calls = new NodeHttp(http, time);
        var clock = new CorrectedTime(time);
        for (var failures = 1; ; failures++)
        {
            try
            {
                return await EnrolOnceAsync(calls, clock, key, token, name, capabilities, known, cancellationToken);
            }
            catch (NodeCallException exception) when (exception.IsTransient && failures < Tries)
            {
                await Task.Delay(Backoff.Delay(failures, Random.Shared.NextDouble(), exception.RetryAfter), time, cancellationToken);
            }
        }
    }

    private static async Task<(NodeView Node, string LogKey)> EnrolOnceAsync(
        NodeHttp http,
        CorrectedTime clock,
        SigningKey key,
        string token,
        string? name,
        NodeCapabilities capabilities,
        string? known,
        CancellationToken cancellationToken)
    {
        var (challenge, bytes) = await NodeChallenge.AskAsync(http, clock, key, cancellationToken);
        if (!NoteKey.TryParse(challenge.LogKey, out var logKey) || logKey.Type != NoteKeyType.Log || logKey.Name != challenge.Origin)
        {
            throw new InvalidDataException("The server's log has no usable key.");
        }

        if (known is not null && known != challenge.LogKey)
        {
            throw new InvalidDataException($"The server's log has the key {challenge.LogKey}, but this node enrolled where it is {known}. It is not the same server.");
        }

        var proof = NodeProof.ForEnrolment(challenge.Origin, key.PublicKey.Id, bytes, Digest.Of(Encoding.UTF8.GetBytes(token)));
        var request = new EnrolmentRequest
        {
            Token = token,
            PublicKey = key.PublicKey.ToString(),
            Challenge = challenge.Challenge,
            Signature = Base64Url.EncodeToString(key.Sign(proof)),
            Name = name,
            Capabilities = capabilities,
        };
        var node = await http.SendAsync(NodeCall.Post("nodes", request, VcpJson.Default.EnrolmentRequest), MostAnswerBytes, VcpJson.Default.NodeView, cancellationToken);
        return node.Id == key.PublicKey.Id.ToString()
            ? (node, challenge.LogKey)
            : throw new InvalidDataException($"The server enrolled the node {node.Id}, which is not this one ({key.PublicKey.Id}).");
    }
}
