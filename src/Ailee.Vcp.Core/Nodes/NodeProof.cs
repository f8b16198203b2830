using System.Formats.Cbor;
using Ailee.Vcp.Core.Cbor;

namespace Ailee.Vcp.Core.Nodes;

/// <summary>
/// The bytes that a node signs to show that it holds its key (docs/design/mesh.md). Each begins with a name of its own and with the
/// origin of the server's log, so that a signature is good for one purpose at one server; a statement never begins so.
/// </summary>
public static class NodeProof
{
    /// <summary>Longest challenge in bytes.</summary>
    public const int MaxChallengeBytes = 192;

    /// <summary>What enrols a key with a token.</summary>
    /// <param name="origin">Origin of the server's log.</param>
    /// <param name="node">The key's thumbprint.</param>
    /// <param name="challenge">What the server gave to sign.</param>
    /// <param name="token">SHA-256 of the token's text.</param>
    public static byte[] ForEnrolment(string origin, NodeId node, ReadOnlyMemory<byte> challenge, Digest token) => CborWriting.Encode(
        (origin, node, challenge, token),
        static (writer, proof) =>
        {
            Begin(writer, 5, "vcp-node-enrolment-v1", proof.origin, proof.node, proof.challenge);
            writer.WriteByteString(proof.token.ToArray());
            writer.WriteEndArray();
        });

    /// <summary>What starts a session.</summary>
    /// <param name="origin">Origin of the server's log.</param>
    /// <param name="node">The key's thumbprint.</param>
    /// <param name="challenge">What the server gave to sign.</param>
    public static byte[] ForSession(string origin, NodeId node, ReadOnlyMemory<byte> challenge) => CborWriting.Encode(
        (origin, node, challenge),
        static (writer, proof) =>
        {
            Begin(writer, 4, "vcp-node-session-v1", proof.origin, proof.node, proof.challenge);
            writer.WriteEndArray();
        });

    private static void Begin(CborWriter writer, int length, string name, string origin, NodeId node, ReadOnlyMemory<byte> challenge)
    {
        writer.WriteStartArray(length);
        writer.WriteTextString(name);
        writer.WriteTextString(origin);
        writer.WriteByteString(node.Thumbprint.ToArray());
        writer.WriteByteString(challenge.Span);
    }
}
