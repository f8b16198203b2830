using System.Text;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Core.Tests.Log;

namespace Ailee.Vcp.Core.Tests.Vectors;

/// <summary>What a node signs to enrol, or without a token to begin a session.</summary>
internal sealed record NodeProofVector(
    string Name, string PrivateKeySeed, string Origin, string Kid, string ChallengeHex, string? Token, string BytesHex, string SignatureHex)
{
    public static IReadOnlyList<NodeProofVector> All { get; } =
    [
        Of("enrolment", SampleLog.Origin, 48, "vcpj_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"),
        Of("enrolment with the longest challenge", "log.example/a", NodeProof.MaxChallengeBytes, "vcpj_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_4"),
        Of("session", SampleLog.Origin, 48, null),
        Of("session with an empty challenge", "log.example/ä", 0, null),
    ];

    public byte[] ToBytes()
    {
        using var key = SigningKey.FromSeed(VectorFile.Bytes(PrivateKeySeed));
        return Proof(key, Origin, VectorFile.Bytes(ChallengeHex), Token);
    }

    private static NodeProofVector Of(string name, string origin, int challengeBytes, string? token)
    {
        var seed = SampleLog.Seed(0x21);
        using var key = SigningKey.FromSeed(seed);
        byte[] challenge = [.. Enumerable.Range(0, challengeBytes).Select(value => (byte)(value * 7))];
        var bytes = Proof(key, origin, challenge, token);
        return new(
            name, VectorFile.Hex(seed), origin, key.PublicKey.Id.Thumbprint.ToHex(), VectorFile.Hex(challenge), token, VectorFile.Hex(bytes), VectorFile.Hex(key.Sign(bytes)));
    }

    private static byte[] Proof(SigningKey key, string origin, byte[] challenge, string? token) => token is null
        ? NodeProof.ForSession(origin, key.PublicKey.Id, challenge)
        : NodeProof.ForEnrolment(origin, key.PublicKey.Id, challenge, Digest.Of(Encoding.UTF8.GetBytes(token)));
}
