using System.Buffers;
using System.Buffers.Text;
using Ailee.Vcp.Client;
using Ailee.Vcp.Client.Mesh;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Nodes;

namespace Ailee.Vcp.Node.Remote;

/// <summary>Asks the server for something to sign.</summary>
internal static class NodeChallenge
{
    private const int MostAnswerBytes = 64 * 1024;

    /// <summary>A challenge and its bytes.</summary>
    public static async Task<(ChallengeView View, byte[] Bytes)> AskAsync(NodeHttp http, CorrectedTime clock, SigningKey key, CancellationToken cancellationToken)
    {
        var asked = clock.GetTimestamp();
        var call = NodeCall.Post("nodes/challenge", new ChallengeRequest(key.PublicKey.ToString()), VcpJson.Default.ChallengeRequest);
        var view = await http.SendAsync(call, MostAnswerBytes, VcpJson.Default.ChallengeView, cancellationToken);
        clock.Measure(asked, clock.GetTimestamp(), view.ServerTime);

        var bytes = new byte[NodeProof.MaxChallengeBytes];
        if (view is not { Challenge.Length: > 0 and <= 256, Origin: not null, LogKey: not null }
            || Base64Url.DecodeFromChars(view.Challenge, bytes, out _, out var written) != OperationStatus.Done)
        {
            throw NodeCallException.NoAnswer("The server's answer cannot be read: it is no challenge.");
        }

        return (view, bytes[..written]);
    }
}
