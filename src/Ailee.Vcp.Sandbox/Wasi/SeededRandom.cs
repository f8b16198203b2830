using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Ailee.Vcp.Sandbox.Wasi;

/// <summary>
/// The guest's random numbers: block i of the stream is SHA-256("vcp-random-v1" ‖ seed ‖ i as 8 bytes, big-endian), and every
/// request takes the bytes that follow the last.
/// </summary>
internal sealed class SeededRandom
{
    private readonly byte[] _input;
    private readonly byte[] _block = new byte[SHA256.HashSizeInBytes];
    private ulong _next;
    private int _used = SHA256.HashSizeInBytes;

    public SeededRandom(ReadOnlySpan<byte> seed) => _input = [.. "vcp-random-v1"u8, .. seed, .. stackalloc byte[sizeof(ulong)]];

    public void Fill(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            if (_used == _block.Length)
            {
                BinaryPrimitives.WriteUInt64BigEndian(_input.AsSpan(^sizeof(ulong)..), _next++);
                SHA256.HashData(_input, _block);
                _used = 0;
            }

            var count = Math.Min(destination.Length, _block.Length - _used);
            _block.AsSpan(_used, count).CopyTo(destination);
            _used += count;
            destination = destination[count..];
        }
    }
}
