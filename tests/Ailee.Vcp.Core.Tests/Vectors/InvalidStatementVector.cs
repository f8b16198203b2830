using System.Numerics;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Tests.Cbor;
using Ailee.Vcp.Core.Tests.Statements;

namespace Ailee.Vcp.Core.Tests.Vectors;

/// <summary>An entry of invalid-statements.json: bytes, and the check that must be the first to fail without any evidence.</summary>
internal sealed record InvalidStatementVector(string Name, string StatementHex, string Check)
{
    private static readonly SampleRun Run = SampleRuns.Command;
    private static readonly SampleRun Foreign = Run with { KeySeed = SampleRuns.Function.KeySeed };
    private static readonly SampleRun Sha3 = Run with { Hash = ContentHash.Sha3 };
    private static readonly NodeId ForeignId = Foreign.PublicKey.Id;
    private static readonly TaskId OtherTask = TaskId.Parse("019b76da-a800-7000-8000-000000000002");

    public static IReadOnlyList<InvalidStatementVector> All { get; } =
    [
        .. WellFormed(), .. TrailingBytes(), .. Canonical(), .. Envelope(), .. Content(), .. KeyId(), .. Signature(), .. ExecutionHash(), .. Hashes(),
    ];

    private static IEnumerable<InvalidStatementVector> WellFormed() => Named(
        "well-formed",
        ("no bytes", []),
        ("tag alone", [0xd2]),
        ("last byte missing", Valid()[..^1]),
        ("first half", Valid()[..300]),
        ("payload cut inside its byte string", Changed(parts => parts.PayloadBytes = parts.EncodePayload()[..^1])),
        ("entrypoint is not UTF-8", Changed(parts => StatementParts.Set(parts.Payload, 6, [0x62, 0xc3, 0x28]))),
        ("reserved length code in payload", Changed(parts => StatementParts.Set(parts.Payload, 13, [0x1c]))));

    private static IEnumerable<InvalidStatementVector> TrailingBytes() => Named(
        "trailing-bytes",
        ("one zero byte after it", [.. Valid(), 0x00]),
        ("the statement twice", [.. Valid(), .. Valid()]),
        ("one byte after the payload map", Changed(parts => parts.PayloadBytes = [.. parts.EncodePayload(), 0xf6])));

    private static IEnumerable<InvalidStatementVector> Canonical() => Named(
        "canonical",
        ("tag in two bytes", [0xd8, 0x12, .. Valid()[1..]]),
        ("array of indefinite length", [0xd2, 0x9f, .. Valid()[2..], 0xff]),
        ("payload keys swapped", Changed(parts => parts.Payload.Reverse(3, 2))),
        ("payload key twice", Changed(parts => parts.Payload.Insert(13, parts.Payload[13]))),
        ("instructions in eight bytes", Changed(parts => StatementParts.Set(parts.Payload, 13, RawCbor.Head(0, 1_234_567, 8)))),
        ("gas as a float", Changed(parts => StatementParts.Set(parts.Payload, 14, RawCbor.Double(Run.Payload.Gas)))),
        ("key members out of order", Changed(parts => parts.CoseKey.Reverse(1, 2))),
        ("undefined in the unprotected header", Changed(parts => parts.Unprotected = RawCbor.Map((RawCbor.Integer(4), [0xf7])))));

    private static IEnumerable<InvalidStatementVector> Envelope() => Named(
        "structure",
        ("not tagged", Valid()[1..]),
        ("tagged as COSE_Sign", [0xd8, 0x62, .. Valid()[1..]]),
        ("kid in the unprotected header", Changed(parts => parts.Unprotected = RawCbor.Map((RawCbor.Integer(4), parts.Header[2].Value)))),
        ("signature stripped", StatementParts.Of(Run).Encode([])),
        ("detached payload", Detached()));

    private static IEnumerable<InvalidStatementVector> Content() => Named(
        "structure",
        ("alg ES256", Changed(parts => StatementParts.Set(parts.Header, 1, RawCbor.Integer(-7)))),
        ("other content type", Changed(parts => StatementParts.Set(parts.Header, 3, RawCbor.Text("application/cbor")))),
        ("crit in the protected header", Changed(parts => parts.Header.Insert(1, (RawCbor.Integer(2), RawCbor.Array(RawCbor.Integer(1)))))),
        ("counter of seven bytes", Changed(parts => StatementParts.Set(parts.Claims, 7, RawCbor.Bytes(new byte[7])))),
        ("subject of another task", Changed(parts => StatementParts.Set(parts.Claims, 2, RawCbor.Text("urn:uuid:" + OtherTask)))),
        ("version 2", Changed(parts => StatementParts.Set(parts.Payload, 1, RawCbor.Integer(2)))),
        ("execution hash missing", Changed(parts => parts.Payload.RemoveAt(15))),
        ("unknown payload key 18", Changed(parts => parts.Payload.Add((RawCbor.Integer(18), RawCbor.Null)))),
        ("unknown hash name", Changed(parts => StatementParts.Set(parts.Payload, 17, RawCbor.Text("sha-1")))),
        ("entrypoint of 65 bytes", Changed(parts => StatementParts.Set(parts.Payload, 6, RawCbor.Text(new string('e', 65))))),
        ("outcome 4", Changed(parts => StatementParts.Set(parts.Payload, 8, RawCbor.Integer(4)))),
        ("completed without an exit code", Changed(parts => StatementParts.Set(parts.Payload, 9, RawCbor.Integer(-1)))),
        ("negative gas", Changed(parts => StatementParts.Set(parts.Payload, 14, RawCbor.Integer(-1)))),
        ("gas of 64 bits", Changed(parts => StatementParts.Set(parts.Payload, 14, RawCbor.Unsigned(1ul << 63)))),
        ("trace without leaves", Changed(parts => StatementParts.Set(parts.Payload, 12, RawCbor.Integer(0)))));

    private static IEnumerable<InvalidStatementVector> KeyId() => Named(
        "kid",
        ("kid of another key", Changed(parts => StatementParts.Set(parts.Header, 4, RawCbor.Bytes(ForeignId.Thumbprint.ToArray())))),
        ("issuer of another key", Changed(parts => StatementParts.Set(parts.Claims, 1, RawCbor.Text("urn:vcp:node:" + ForeignId)))),
        ("another key inside, which signed", KeyReplaced()));

    private static IEnumerable<InvalidStatementVector> Signature() => Named(
        "signature",
        ("signature of zeros", StatementParts.Of(Run).Encode(new byte[64])),
        ("signed by another key", StatementParts.Of(Run).Sign(Foreign)),
        ("signature of another statement", StatementParts.Of(Run).Encode(SampleRuns.Trapped.Sign().Signature.ToArray())),
        ("payload signed without the Sig_structure", SignedOver(parts => parts.EncodePayload())),
        ("instructions changed afterwards", KeepingSignature(parts => StatementParts.Set(parts.Payload, 13, RawCbor.Integer(1)))),
        ("gas changed afterwards", KeepingSignature(parts => StatementParts.Set(parts.Payload, 14, RawCbor.Integer(Run.Payload.Gas + 1)))),
        ("nonce changed afterwards", KeepingSignature(parts => StatementParts.Set(parts.Payload, 3, RawCbor.Bytes(new byte[16])))),
        ("counter changed afterwards", KeepingSignature(parts => StatementParts.Set(parts.Claims, 7, RawCbor.Bytes(new byte[8])))),
        ("alg changed afterwards", KeepingSignature(parts => StatementParts.Set(parts.Header, 1, RawCbor.Integer(-19)))),
        ("scalar beyond the group order", Malleated()),
        ("key and signature of low order", LowOrder()));

    private static IEnumerable<InvalidStatementVector> ExecutionHash() => Named(
        "execution-hash",
        ("execution hash of zeros", Run.Sign(Run.Payload with { ExecutionHash = default }).Encode()),
        ("execution hash of another run", Run.Sign(Run.Payload with { ExecutionHash = SampleRuns.Trapped.Payload.ExecutionHash }).Encode()),
        ("exit code changed and signed again", Run.Sign(Run.Payload with { ExitCode = 1 }).Encode()));

    private static IEnumerable<InvalidStatementVector> Hashes() =>
    [
        .. Named(
            "structure",
            ("hash name sha3-512", Changed(parts => StatementParts.Set(parts.Payload, 17, RawCbor.Text("sha3-512")))),
            ("hash name in capitals", Changed(parts => StatementParts.Set(parts.Payload, 17, RawCbor.Text("SHA3-256")))),
            ("hash name as a number", Changed(parts => StatementParts.Set(parts.Payload, 17, RawCbor.Integer(-16))))),
        .. Named(
            "signature",
            ("hash name changed afterwards", KeepingSignature(parts => StatementParts.Set(parts.Payload, 17, RawCbor.Text("sha3-256"))))),
        .. Named(
            "execution-hash",
            ("under SHA-256 and says sha3-256", Changed(parts => StatementParts.Set(parts.Payload, 17, RawCbor.Text("sha3-256")))),
            ("under SHA3-256 and says sha-256", Run.Sign(Sha3.Payload with { Hash = ContentHash.Sha256 }).Encode())),
    ];

    private static IEnumerable<InvalidStatementVector> Named(string check, params (string Name, byte[] Bytes)[] statements) =>
        statements.Select(each => new InvalidStatementVector(each.Name, VectorFile.Hex(each.Bytes), check));

    private static byte[] Valid() => StatementParts.Of(Run).Sign(Run);

    private static byte[] Changed(Action<StatementParts> change)
    {
        var parts = StatementParts.Of(Run);
        change(parts);
        return parts.Sign(Run);
    }

    private static byte[] KeepingSignature(Action<StatementParts> change)
    {
        var parts = StatementParts.Of(Run);
        change(parts);
        return parts.Encode(Valid()[^64..]);
    }

    private static byte[] SignedOver(Func<StatementParts, byte[]> data)
    {
        using var key = SigningKey.FromSeed(Run.KeySeed);
        var parts = StatementParts.Of(Run);
        return parts.Encode(key.Sign(data(parts)));
    }

    private static byte[] KeyReplaced()
    {
        var parts = StatementParts.Of(Run);
        StatementParts.Set(parts.CoseKey, -2, RawCbor.Bytes(Foreign.PublicKey.Bytes));
        return parts.Sign(Foreign);
    }

    private static byte[] Detached()
    {
        var (header, signature) = (RawCbor.Bytes(StatementParts.Of(Run).EncodeProtected()), RawCbor.Bytes(Valid().AsSpan(^64..)));
        return RawCbor.Tag(18, RawCbor.Array(header, RawCbor.EmptyMap, RawCbor.Null, signature));
    }

    private static byte[] Malleated()
    {
        var order = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", null);
        var signature = Valid()[^64..];
        var scalar = new BigInteger(signature.AsSpan(32), isUnsigned: true) + order;
        return StatementParts.Of(Run).Encode([.. signature.AsSpan(0, 32), .. scalar.ToByteArray(isUnsigned: true)]);
    }

    // A = R = the neutral element and S = 0 fit the equation for every message.
    private static byte[] LowOrder()
    {
        byte[] identity = [0x01, .. new byte[31]];
        var parts = new StatementParts(identity, Run.Algorithm, Run.IssuedAtSeconds, Run.Counter, Run.Payload);
        return parts.Encode([.. identity, .. new byte[32]]);
    }
}
