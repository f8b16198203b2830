using System.Security.Cryptography;

namespace Ailee.Vcp.Core;

/// <summary>Sixteen random bytes that the orchestrator chooses for a task, so that a statement made for one task fits no other.</summary>
public readonly record struct Nonce(UInt128 Value)
{
    /// <summary>Length in bytes.</summary>
    public const int SizeBytes = 16;

    /// <summary>A nonce from the system's random generator.</summary>
    public static Nonce Create()
    {
        Span<byte> bytes = stackalloc byte[SizeBytes];
        RandomNumberGenerator.Fill(bytes);
        return FromBytes(bytes);
    }

    /// <summary>Wraps 16 bytes.</summary>
    /// <exception cref="ArgumentException">The span is not 16 bytes long.</exception>
    public static Nonce FromBytes(ReadOnlySpan<byte> bytes) => bytes.Length == SizeBytes
        ? new(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes))
        : throw new ArgumentException($"A nonce is {SizeBytes} bytes, not {bytes.Length}.", nameof(bytes));

    /// <summary>The 16 bytes in a new array.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[SizeBytes];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, Value);
        return bytes;
    }

    /// <inheritdoc/>
    public override string ToString() => Convert.ToHexStringLower(ToArray());
}
