using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Ailee.Vcp.Core;

/// <summary>Names a task: a UUID version 7 (RFC 9562), in text as 36 lowercase characters.</summary>
public readonly record struct TaskId(Guid Value)
{
    /// <summary>Length of the binary form in bytes (RFC 9562 network order).</summary>
    public const int SizeBytes = 16;

    /// <summary>When it was made, to the millisecond: the first six bytes of a UUID of version 7 (RFC 9562).</summary>
    public DateTimeOffset CreatedAt => DateTimeOffset.FromUnixTimeMilliseconds((long)(BinaryPrimitives.ReadUInt64BigEndian(ToArray()) >> 16));

    /// <summary>A new identifier that sorts by <paramref name="now"/>.</summary>
    public static TaskId Create(DateTimeOffset now) => new(Guid.CreateVersion7(now));

    /// <summary>Reads the 16-byte network-order form.</summary>
    public static TaskId FromBytes(ReadOnlySpan<byte> bytes) => new(new Guid(bytes, bigEndian: true));

    /// <summary>Reads the text form; anything but lowercase hyphenated hexadecimal is refused.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TaskId id)
    {
        id = default;
        if (!Guid.TryParseExact(text, "D", out var value) || value.ToString("D") != text)
        {
            return false;
        }

        id = new TaskId(value);
        return true;
    }

    /// <inheritdoc cref="TryParse"/>
    /// <exception cref="FormatException">The text is not a task id.</exception>
    public static TaskId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException("A task id is a lowercase UUID with hyphens.");

    /// <summary>The 16 bytes in network order.</summary>
    public byte[] ToArray() => Value.ToByteArray(bigEndian: true);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("D");
}
