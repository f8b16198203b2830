using System.Buffers.Binary;
using System.Text;

namespace Ailee.Vcp.Core.Log;

/// <summary>A C2SP signed note: a text and signatures below it. Nothing is said of the signatures yet.</summary>
/// <param name="Text">The text that is signed; ends with a line feed.</param>
/// <param name="Signatures">The signatures, at least one.</param>
public sealed record SignedNote(string Text, IReadOnlyList<NoteSignature> Signatures)
{
    /// <summary>Most bytes of a note that is read here.</summary>
    public const int MaxSizeBytes = 64 * 1024;

    /// <summary>Most signatures of a note that is read here.</summary>
    public const int MaxSignatures = 64;

    private const string Mark = "\u2014 ";
    private const int KeyHashBytes = 4;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The whole note.</summary>
    public override string ToString()
    {
        var note = new StringBuilder(Text).Append('\n');
        foreach (var signature in Signatures)
        {
            note.Append(WriteSignature(signature)).Append('\n');
        }

        return note.ToString();
    }

    /// <summary>The whole note in UTF-8.</summary>
    public byte[] ToBytes() => Utf8.GetBytes(ToString());

    /// <summary>Reads a note; null if the bytes are none: not UTF-8, with control characters, without a text, a blank line or signature lines.</summary>
    public static SignedNote? TryParse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxSizeBytes || !System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return null;
        }

        var note = Utf8.GetString(bytes);
        // The last blank line divides: the text may have some of its own.
        var divide = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (divide < 0 || divide + 2 == note.Length || note[^1] != '\n' || note.Any(character => character is < ' ' and not '\n' or '\u007f'))
        {
            return null;
        }

        var lines = note[(divide + 2)..^1].Split('\n');
        var signatures = lines.Length > MaxSignatures ? [] : lines.Select(ReadSignature).ToList();
        return signatures.Count > 0 && signatures.TrueForAll(signature => signature is not null)
            ? new SignedNote(note[..(divide + 1)], [.. signatures.Select(signature => signature!)])
            : null;
    }

    /// <summary>Whether a text can name a key: not empty, no white space, no plus sign.</summary>
    public static bool IsKeyName(string name) => name.Length > 0 && !name.Any(character => character == '+' || char.IsWhiteSpace(character) || char.IsControl(character));

    /// <summary>One signature line, without its line feed.</summary>
    public static string WriteSignature(NoteSignature signature)
    {
        var bytes = new byte[KeyHashBytes + signature.Bytes.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, signature.KeyHash);
        signature.Bytes.CopyTo(bytes.AsMemory(KeyHashBytes));
        return $"{Mark}{signature.Name} {Convert.ToBase64String(bytes)}";
    }

    /// <summary>Reads one signature line, without its line feed; null if it is none.</summary>
    public static NoteSignature? ReadSignature(string line)
    {
        if (!line.StartsWith(Mark, StringComparison.Ordinal) || line[Mark.Length..].Split(' ') is not [var name, var base64] || !IsKeyName(name))
        {
            return null;
        }

        return StrictBase64.TryDecode(base64) is { Length: > KeyHashBytes } bytes
            ? new NoteSignature(name, BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes.AsMemory(KeyHashBytes))
            : null;
    }
}
