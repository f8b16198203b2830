using System.Globalization;
using System.Text;

namespace Ailee.Vcp.Core.Log;

/// <summary>What a log sends to a witness to have a checkpoint cosigned (C2SP tlog-witness, add-checkpoint). Nothing of it is verified yet.</summary>
/// <param name="OldSize">Size of the checkpoint that the witness cosigned last; 0 for none.</param>
/// <param name="Proof">Shows that the checkpoint continues that one (RFC 9162 §2.1.4); empty from size 0.</param>
/// <param name="Note">The signed checkpoint.</param>
public sealed record WitnessRequest(long OldSize, IReadOnlyList<Digest> Proof, SignedNote Note)
{
    /// <summary>Most hashes of a proof.</summary>
    public const int MaxProof = 63;

    /// <summary>More bytes than any request can have.</summary>
    public const int MaxSizeBytes = SignedNote.MaxSizeBytes + 4096;

    private const string Old = "old ";

    /// <summary>The checkpoint in the note, or null if there is none. Extension lines below it, which other logs may have, are passed over.</summary>
    public Checkpoint? Checkpoint
    {
        get
        {
            var lines = Note.Text.Split('\n');
            return lines.Length < 4 || lines.Skip(3).SkipLast(1).Contains(string.Empty) ? null : Log.Checkpoint.TryParse(string.Join('\n', lines[..3]) + "\n");
        }
    }

    /// <summary>The body of the request.</summary>
    public byte[] ToBytes()
    {
        var text = new StringBuilder(Old).Append(OldSize.ToString(CultureInfo.InvariantCulture)).Append('\n');
        foreach (var hash in Proof)
        {
            text.Append(Convert.ToBase64String(hash.ToArray())).Append('\n');
        }

        return [.. Encoding.ASCII.GetBytes(text.Append('\n').ToString()), .. Note.ToBytes()];
    }

    /// <summary>Reads the body of a request; null if it is none.</summary>
    public static WitnessRequest? TryParse(ReadOnlySpan<byte> bytes)
    {
        var divide = bytes.IndexOf("\n\n"u8);
        if (bytes.Length > MaxSizeBytes || divide < 0 || !Ascii.IsValid(bytes[..divide]) || SignedNote.TryParse(bytes[(divide + 2)..]) is not { } note)
        {
            return null;
        }

        var lines = Encoding.ASCII.GetString(bytes[..divide]).Split('\n');
        if (!TryParseOld(lines[0], out var oldSize) || lines.Length > 1 + MaxProof)
        {
            return null;
        }

        var proof = new List<Digest>();
        foreach (var line in lines.Skip(1))
        {
            if (StrictBase64.TryDecode(line, Digest.SizeBytes) is not { } hash)
            {
                return null;
            }

            proof.Add(new Digest(hash));
        }

        return new WitnessRequest(oldSize, proof, note);
    }

    private static bool TryParseOld(string line, out long size)
    {
        size = 0;
        return line.StartsWith(Old, StringComparison.Ordinal)
            && long.TryParse(line.AsSpan(Old.Length), NumberStyles.None, CultureInfo.InvariantCulture, out size)
            && size.ToString(CultureInfo.InvariantCulture) == line[Old.Length..];
    }
}
