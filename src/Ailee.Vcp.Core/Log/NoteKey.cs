using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Ailee.Vcp.Core.Cose;

namespace Ailee.Vcp.Core.Log;

/// <summary>
/// A key that signs notes, public part: in text <c>name+hash+base64</c>, the C2SP verifier key. A log signs the text itself; a
/// witness signs the text under a time (C2SP tlog-cosignature).
/// </summary>
/// <param name="Name">Name of the key; of a log's key its origin.</param>
/// <param name="Key">The Ed25519 key.</param>
/// <param name="Type">What it signs.</param>
public sealed record NoteKey(string Name, PublicKey Key, NoteKeyType Type)
{
    private const int TimeBytes = sizeof(ulong);

    /// <summary>First four bytes of SHA-256(name ‖ line feed ‖ type ‖ key), big-endian: which lines are worth checking.</summary>
    public uint Hash
    {
        get
        {
            byte[] hashed = [.. Encoding.UTF8.GetBytes(Name), (byte)'\n', .. TypedKey()];
            return BinaryPrimitives.ReadUInt32BigEndian(Digest.Of(hashed).ToArray());
        }
    }

    /// <summary>Reads the text form; the hash in it must be right.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out NoteKey? key)
    {
        key = null;
        // The name has no plus sign, but base64 may.
        if (text?.Split('+', 3) is not [var name, { Length: 8 } hash, var base64] || !SignedNote.IsKeyName(name)
            || StrictBase64.TryDecode(base64, 1 + PublicKey.SizeBytes) is not { } bytes
            || !Enum.IsDefined((NoteKeyType)bytes[0]) || !PublicKey.TryCreate(bytes.AsSpan(1), out var publicKey))
        {
            return false;
        }

        var parsed = new NoteKey(name, publicKey, (NoteKeyType)bytes[0]);
        key = parsed.ToString() == text && parsed.HashText() == hash ? parsed : null;
        return key is not null;
    }

    /// <summary>Signs a text as a log does.</summary>
    public static NoteSignature Sign(string name, SigningKey key, string text) =>
        new(name, new NoteKey(name, key.PublicKey, NoteKeyType.Log).Hash, key.Sign(Encoding.UTF8.GetBytes(text)));

    /// <summary>Signs a checkpoint's text as a witness does.</summary>
    /// <param name="name">The witness's name.</param>
    /// <param name="key">The witness's key.</param>
    /// <param name="text">The text.</param>
    /// <param name="time">When, to the second.</param>
    public static NoteSignature Cosign(string name, SigningKey key, string text, DateTimeOffset time)
    {
        var signature = new byte[TimeBytes + SigningKey.SignatureSizeBytes];
        var seconds = (ulong)time.ToUnixTimeSeconds();
        BinaryPrimitives.WriteUInt64BigEndian(signature, seconds);
        key.Sign(CosignedText(text, seconds)).CopyTo(signature, TimeBytes);
        return new NoteSignature(name, new NoteKey(name, key.PublicKey, NoteKeyType.Witness).Hash, signature);
    }

    /// <summary>Whether the note has a signature of this key's name and hash, and each such one is over its text.</summary>
    public bool Verifies(SignedNote note)
    {
        // A false line beside a right one means that somebody tampered with the note, which then is not to be believed.
        var asked = note.Signatures.Where(signature => signature.Name == Name && signature.KeyHash == Hash).ToList();
        return asked.Count > 0 && asked.TrueForAll(signature => Verifies(note.Text, signature));
    }

    /// <summary>Whether a signature line is this key's over a text.</summary>
    public bool Verifies(string text, NoteSignature signature)
    {
        if (signature.Name != Name || signature.KeyHash != Hash)
        {
            return false;
        }

        var bytes = signature.Bytes.Span;
        return Type == NoteKeyType.Log
            ? bytes.Length == SigningKey.SignatureSizeBytes && Key.Verify(Encoding.UTF8.GetBytes(text), bytes)
            : bytes.Length == TimeBytes + SigningKey.SignatureSizeBytes
                && BinaryPrimitives.ReadUInt64BigEndian(bytes) is var seconds && seconds <= long.MaxValue
                && Key.Verify(CosignedText(text, seconds), bytes[TimeBytes..]);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}+{HashText()}+{Convert.ToBase64String(TypedKey())}";

    private static byte[] CosignedText(string text, ulong seconds) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {seconds}\n{text}"));

    private byte[] TypedKey() => [(byte)Type, .. Key.Bytes];

    private string HashText() => Hash.ToString("x8", CultureInfo.InvariantCulture);
}
