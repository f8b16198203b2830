using System.Buffers.Binary;
using System.Security.Cryptography;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Tests.Cbor;

namespace Ailee.Vcp.Core.Tests.Statements;

/// <summary>
/// A statement taken apart, entry by entry, so that a test can change any of them and sign the rest again. It is written with
/// <see cref="RawCbor"/> only: unchanged, it must come out as the code under test writes it.
/// </summary>
internal sealed class StatementParts
{
    public StatementParts(byte[] publicKey, int algorithm, long issuedAtSeconds, ulong counter, StatementPayload payload)
    {
        CoseKey = Entries((1, RawCbor.Integer(1)), (-1, RawCbor.Integer(6)), (-2, RawCbor.Bytes(publicKey)));
        var kid = SHA256.HashData(RawCbor.Map([.. CoseKey]));
        var counterBytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(counterBytes, counter);
        Claims = Entries(
            (1, RawCbor.Text("urn:vcp:node:" + new NodeId(new Digest(kid)))),
            (2, RawCbor.Text("urn:uuid:" + payload.Task)),
            (6, RawCbor.Integer(issuedAtSeconds)),
            (7, RawCbor.Bytes(counterBytes)));
        Header = Entries(
            (1, RawCbor.Integer(algorithm)),
            (3, RawCbor.Text("application/vnd.ailee.vcp.statement+cbor")),
            (4, RawCbor.Bytes(kid)));
        Payload = Entries(
            (1, RawCbor.Integer(1)),
            (2, RawCbor.Bytes(Convert.FromHexString(payload.Task.ToString().Replace("-", string.Empty, StringComparison.Ordinal)))),
            (3, RawCbor.Bytes(Convert.FromHexString(payload.Nonce.ToString()))),
            (4, Bytes(payload.Profile)),
            (5, Bytes(payload.Module)),
            (6, RawCbor.Text(payload.Entrypoint)),
            (7, Bytes(payload.Input)),
            (8, RawCbor.Integer((int)payload.Outcome)),
            (9, RawCbor.Integer(payload.ExitCode)),
            (10, Bytes(payload.Output)),
            (11, Bytes(payload.TraceRoot)),
            (12, RawCbor.Integer(payload.TraceLeaves)),
            (13, RawCbor.Integer(payload.Instructions)),
            (14, RawCbor.Integer(payload.Gas)),
            (15, RawCbor.Integer(payload.MemoryPages)),
            (16, Bytes(payload.ExecutionHash)),
            (17, RawCbor.Text(payload.Hash.Name)));
    }

    /// <summary>Header entries 1, 3 and 4; entry 15 is made of <see cref="Claims"/>.</summary>
    public List<(byte[] Key, byte[] Value)> Header { get; }

    /// <summary>Claims 1, 2, 6 and 7; claim 8 is made of <see cref="CoseKey"/>.</summary>
    public List<(byte[] Key, byte[] Value)> Claims { get; }

    public List<(byte[] Key, byte[] Value)> CoseKey { get; }

    public List<(byte[] Key, byte[] Value)> Payload { get; }

    public byte[] Unprotected { get; set; } = RawCbor.EmptyMap;

    /// <summary>The bytes of the protected header, in place of what the entries give.</summary>
    public byte[]? ProtectedBytes { get; set; }

    /// <summary>The bytes of the payload, in place of what the entries give.</summary>
    public byte[]? PayloadBytes { get; set; }

    public static StatementParts Of(SampleRun run) => Of(run, run.Payload);

    public static StatementParts Of(SampleRun run, StatementPayload payload) =>
        new(run.PublicKey.Bytes.ToArray(), run.Algorithm, run.IssuedAtSeconds, run.Counter, payload);

    /// <summary>Replaces the value under a key, or adds the entry at the end.</summary>
    public static void Set(List<(byte[] Key, byte[] Value)> entries, long key, byte[] value)
    {
        var index = entries.FindIndex(entry => entry.Key.AsSpan().SequenceEqual(RawCbor.Integer(key)));
        if (index < 0)
        {
            entries.Add((RawCbor.Integer(key), value));
        }
        else
        {
            entries[index] = (RawCbor.Integer(key), value);
        }
    }

    public byte[] EncodeProtected()
    {
        var confirmation = RawCbor.Map((RawCbor.Integer(1), RawCbor.Map([.. CoseKey])));
        var claims = RawCbor.Map([.. Claims, (RawCbor.Integer(8), confirmation)]);
        return ProtectedBytes ?? RawCbor.Map([.. Header, (RawCbor.Integer(15), claims)]);
    }

    public byte[] EncodePayload() => PayloadBytes ?? RawCbor.Map([.. Payload]);

    /// <summary>What RFC 9052 §4.4 has signed.</summary>
    public byte[] ToBeSigned() =>
        RawCbor.Array(RawCbor.Text("Signature1"), RawCbor.Bytes(EncodeProtected()), RawCbor.Bytes([]), RawCbor.Bytes(EncodePayload()));

    /// <summary>The file, with any signature.</summary>
    public byte[] Encode(byte[] signature) => RawCbor.Tag(
        18,
        RawCbor.Array(RawCbor.Bytes(EncodeProtected()), Unprotected, RawCbor.Bytes(EncodePayload()), RawCbor.Bytes(signature)));

    /// <summary>The file, signed by the key of the run.</summary>
    public byte[] Sign(SampleRun run)
    {
        using var key = SigningKey.FromSeed(run.KeySeed);
        return Encode(key.Sign(ToBeSigned()));
    }

    private static List<(byte[] Key, byte[] Value)> Entries(params (long Key, byte[] Value)[] entries) =>
        [.. entries.Select(entry => (RawCbor.Integer(entry.Key), entry.Value))];

    private static byte[] Bytes(Digest digest) => RawCbor.Bytes(digest.ToArray());
}
