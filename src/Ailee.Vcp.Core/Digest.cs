using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Ailee.Vcp.Core;

/// <summary>
/// A digest of 32 bytes: a SHA-256, whose text form is <c>sha256:</c> followed by 64 lowercase hexadecimal digits, or, within statements
/// that say so, of another hash, whose text form <see cref="ContentHash"/> gives.
/// </summary>
public readonly record struct Digest
{
    /// <summary>Length of the digest in bytes.</summary>
    public const int SizeBytes = 32;

    private const string Prefix = "sha256:";

    private readonly UInt128 _high;
    private readonly UInt128 _low;

    /// <summary>Wraps 32 digest bytes.</summary>
    /// <exception cref="ArgumentException">The span is not 32 bytes long.</exception>
    public Digest(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != SizeBytes)
        {
            throw new ArgumentException($"A digest is {SizeBytes} bytes, not {bytes.Length}.", nameof(bytes));
        }

        _high = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        _low = BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]);
    }

    /// <summary>Ascending by the bytes.</summary>
    public static IComparer<Digest> Order { get; } =
        Comparer<Digest>.Create((left, right) => left._high != right._high ? left._high.CompareTo(right._high) : left._low.CompareTo(right._low));

    /// <summary>The SHA-256 of the given bytes.</summary>
    public static Digest Of(ReadOnlySpan<byte> data) => Sha256.Of(data);

    /// <summary>Reads the text form.</summary>
    /// <exception cref="FormatException">The text is not a digest.</exception>
    public static Digest Parse(string text) =>
        TryParse(text, out var digest) ? digest : throw new FormatException("A digest is 'sha256:' and 64 lowercase hexadecimal digits.");

    /// <summary>Reads the text form; uppercase digits and other algorithms are refused.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        digest = default;
        return text is not null && text.StartsWith(Prefix, StringComparison.Ordinal) && TryParseHex(text.AsSpan(Prefix.Length), out digest);
    }

    /// <summary>Reads 64 lowercase hexadecimal digits.</summary>
    internal static bool TryParseHex(ReadOnlySpan<char> hex, out Digest digest)
    {
        digest = default;
        Span<byte> bytes = stackalloc byte[SizeBytes];
        if (hex.Length != 2 * SizeBytes || hex.ContainsAnyInRange('A', 'F') || Convert.FromHexString(hex, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        digest = new Digest(bytes);
        return true;
    }

    /// <summary>Writes the 32 bytes to the start of <paramref name="destination"/>.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt128BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt128BigEndian(destination[16..], _low);
    }

    /// <summary>The 32 bytes in a new array.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[SizeBytes];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>The 64 hexadecimal digits without the algorithm's prefix.</summary>
    public string ToHex() => Convert.ToHexStringLower(ToArray());

    /// <inheritdoc/>
    public override string ToString() => Prefix + ToHex();
}
