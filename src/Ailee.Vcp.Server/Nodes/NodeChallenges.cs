using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Nodes;
using Ailee.Vcp.Server.Http;
using Ailee.Vcp.Server.Log;

namespace Ailee.Vcp.Server.Nodes;

/// <summary>
/// What keys sign to show that they are held. Nothing is kept of a challenge: it says itself when it ends and for which key and session
/// it is, under a secret that lives as long as the process. Thread-safe.
/// </summary>
internal sealed class NodeChallenges(LogKeys keys, TimeProvider time)
{
    /// <summary>How long a challenge is good.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private const int StatedBytes = 2 * sizeof(long);
    private const int SizeBytes = StatedBytes + HMACSHA256.HashSizeInBytes;
    private const int SignatureBytes = 64;

    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);

    /// <summary>A challenge, good once: for the session after the one of the number, or for an enrolment if that is 0.</summary>
    public string Create(NodeId node, long session)
    {
        var bytes = new byte[SizeBytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, (time.GetUtcNow() + Lifetime).ToUnixTimeSeconds());
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(sizeof(long)), session);
        Seal(node, bytes.AsSpan(0, StatedBytes), bytes.AsSpan(StatedBytes));
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Checks that a key signed a challenge to enrol with a token.</summary>
    public Problem? CheckEnrolment(PublicKey key, string challenge, string signature, Digest token) =>
        Check(key, challenge, signature, bytes => NodeProof.ForEnrolment(keys.Origin, key.Id, bytes, token), out _);

    /// <summary>Checks that a key signed a challenge to start a session.</summary>
    /// <param name="key">The key.</param>
    /// <param name="challenge">The challenge.</param>
    /// <param name="signature">The signature.</param>
    /// <param name="session">Number of the session that the new one follows.</param>
    public Problem? CheckSession(PublicKey key, string challenge, string signature, out long session) =>
        Check(key, challenge, signature, bytes => NodeProof.ForSession(keys.Origin, key.Id, bytes), out session);

    private Problem? Check(PublicKey key, string challenge, string signature, Func<ReadOnlyMemory<byte>, byte[]> signed, out long session)
    {
        session = 0;
        if (!TryDecode(challenge, SizeBytes, out var bytes) || !IsOurs(key.Id, bytes)
            || BinaryPrimitives.ReadInt64BigEndian(bytes) < time.GetUtcNow().ToUnixTimeSeconds())
        {
            return Problems.ChallengeExpired.Because($"Ask for another: a challenge is good for {Lifetime.TotalSeconds} s, for one key, and until the server is started again.");
        }

        session = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(sizeof(long)));
        return TryDecode(signature, SignatureBytes, out var signatureBytes) && key.Verify(signed(bytes), signatureBytes)
            ? null
            : Problems.NodeProofInvalid.Because("The signature is not the key's over what docs/design/mesh.md says, with this log's origin.");
    }

    private bool IsOurs(NodeId node, byte[] bytes)
    {
        Span<byte> seal = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Seal(node, bytes.AsSpan(0, StatedBytes), seal);
        return CryptographicOperations.FixedTimeEquals(seal, bytes.AsSpan(StatedBytes));
    }

    private void Seal(NodeId node, ReadOnlySpan<byte> stated, Span<byte> seal)
    {
        Span<byte> message = stackalloc byte[StatedBytes + Digest.SizeBytes];
        stated.CopyTo(message);
        node.Thumbprint.CopyTo(message[StatedBytes..]);
        HMACSHA256.HashData(_secret, message, seal);
    }

    private static bool TryDecode(string text, int size, out byte[] bytes)
    {
        bytes = new byte[size];
        // The status form: TryDecodeFromChars throws on characters outside the alphabet.
        return text.Length == Base64Url.GetEncodedLength(size)
            && Base64Url.DecodeFromChars(text, bytes, out _, out var written) == OperationStatus.Done && written == size;
    }
}
