using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;

namespace Ailee.Vcp.Server.Http;

/// <summary>A place in a list that is sorted by creation and id, opaque to clients.</summary>
internal readonly record struct Cursor(long CreatedMs, byte[] Id)
{
    /// <summary>Before everything: newest first starts here.</summary>
    public static Cursor Newest { get; } = new(long.MaxValue, [.. Enumerable.Repeat((byte)0xff, 32)]);

    public static bool TryParse(string? text, out Cursor cursor)
    {
        cursor = Newest;
        if (text is null)
        {
            return true;
        }

        Span<byte> bytes = stackalloc byte[64];
        // TryDecodeFromChars throws on characters outside the alphabet; the status form does not.
        if (text.Length > 80 || Base64Url.DecodeFromChars(text, bytes, out _, out var written) != OperationStatus.Done || written < sizeof(long) + 16)
        {
            return false;
        }

        cursor = new Cursor(BinaryPrimitives.ReadInt64BigEndian(bytes), bytes[sizeof(long)..written].ToArray());
        return true;
    }

    public override string ToString()
    {
        var bytes = new byte[sizeof(long) + Id.Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, CreatedMs);
        Id.CopyTo(bytes, sizeof(long));
        return Base64Url.EncodeToString(bytes);
    }
}
