using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Ailee.Vcp.Core.Merkle;

/// <summary>SHA-256 (FIPS 180-4) of up to eight short messages at once, each in a lane of 256-bit vectors.</summary>
internal static class Sha256Lanes
{
    /// <summary>Messages hashed together.</summary>
    public const int Count = 8;

    private const int Words = 8;
    private const int BlockWords = 16;
    private const int Rounds = 64;
    private const uint EndMark = 0x0080_0000;

    private static readonly uint[] Initial =
        [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    private static readonly uint[] Constants =
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    /// <summary>True where the processor has such vectors; nothing else here may be called without.</summary>
    public static bool IsSupported => Avx2.IsSupported;

    /// <summary>SHA-256(0x00 ‖ entry) of one to eight entries.</summary>
    public static void Leaves(ReadOnlySpan<Digest> entries, Span<Digest> hashes)
    {
        Span<Vector256<uint>> words = stackalloc Vector256<uint>[Words];
        Span<Vector256<uint>> state = stackalloc Vector256<uint>[Words];
        Span<Vector256<uint>> schedule = stackalloc Vector256<uint>[Rounds];
        Load(entries, 0, 1, words);
        Start(state);
        Prefix(0x00, words, schedule);
        Finish(words[^1], 33, schedule[Words..BlockWords]);
        Compress(state, schedule);
        Store(state, hashes[..entries.Length]);
    }

    /// <summary>SHA-256(0x01 ‖ left ‖ right) of one to eight pairs.</summary>
    public static void Nodes(ReadOnlySpan<Digest> pairs, Span<Digest> hashes)
    {
        Span<Vector256<uint>> words = stackalloc Vector256<uint>[BlockWords];
        Span<Vector256<uint>> state = stackalloc Vector256<uint>[Words];
        Span<Vector256<uint>> schedule = stackalloc Vector256<uint>[Rounds];
        Load(pairs, 0, 2, words[..Words]);
        Load(pairs, 1, 2, words[Words..]);
        Start(state);
        Prefix(0x01, words, schedule);
        Compress(state, schedule);
        Finish(words[^1], 65, schedule[..BlockWords]);
        Compress(state, schedule);
        Store(state, hashes[..(pairs.Length / 2)]);
    }

    private static void Start(Span<Vector256<uint>> state)
    {
        for (var i = 0; i < Words; i++)
        {
            state[i] = Vector256.Create(Initial[i]);
        }
    }

    // The prefix moves every byte one place on: each word begins with the last byte of the one before.
    private static void Prefix(uint prefix, ReadOnlySpan<Vector256<uint>> words, Span<Vector256<uint>> block)
    {
        var before = Vector256.Create(prefix);
        for (var i = 0; i < words.Length; i++)
        {
            block[i] = (before << 24) | (words[i] >>> 8);
            before = words[i];
        }
    }

    // The message's last byte, the mark that ends it, zeros, and its length in bits.
    private static void Finish(Vector256<uint> lastWord, uint lengthBytes, Span<Vector256<uint>> block)
    {
        block.Clear();
        block[0] = (lastWord << 24) | Vector256.Create(EndMark);
        block[^1] = Vector256.Create(lengthBytes * 8);
    }

    private static void Compress(Span<Vector256<uint>> state, Span<Vector256<uint>> w)
    {
        for (var t = BlockWords; t < Rounds; t++)
        {
            var (x, y) = (w[t - 15], w[t - 2]);
            w[t] = w[t - 16] + w[t - 7] + (Rotate(x, 7) ^ Rotate(x, 18) ^ (x >>> 3)) + (Rotate(y, 17) ^ Rotate(y, 19) ^ (y >>> 10));
        }

        var (a, b, c, d, e, f, g, h) = (state[0], state[1], state[2], state[3], state[4], state[5], state[6], state[7]);
        for (var t = 0; t < Rounds; t += Words)
        {
            Round(a, b, c, ref d, e, f, g, ref h, w[t] + Vector256.Create(Constants[t]));
            Round(h, a, b, ref c, d, e, f, ref g, w[t + 1] + Vector256.Create(Constants[t + 1]));
            Round(g, h, a, ref b, c, d, e, ref f, w[t + 2] + Vector256.Create(Constants[t + 2]));
            Round(f, g, h, ref a, b, c, d, ref e, w[t + 3] + Vector256.Create(Constants[t + 3]));
            Round(e, f, g, ref h, a, b, c, ref d, w[t + 4] + Vector256.Create(Constants[t + 4]));
            Round(d, e, f, ref g, h, a, b, ref c, w[t + 5] + Vector256.Create(Constants[t + 5]));
            Round(c, d, e, ref f, g, h, a, ref b, w[t + 6] + Vector256.Create(Constants[t + 6]));
            Round(b, c, d, ref e, f, g, h, ref a, w[t + 7] + Vector256.Create(Constants[t + 7]));
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(
        Vector256<uint> a, Vector256<uint> b, Vector256<uint> c, ref Vector256<uint> d,
        Vector256<uint> e, Vector256<uint> f, Vector256<uint> g, ref Vector256<uint> h, Vector256<uint> input)
    {
        var first = h + input + (Rotate(e, 6) ^ Rotate(e, 11) ^ Rotate(e, 25)) + (g ^ (e & (f ^ g)));
        d += first;
        h = first + (Rotate(a, 2) ^ Rotate(a, 13) ^ Rotate(a, 22)) + (b ^ ((a ^ b) & (b ^ c)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Rotate(Vector256<uint> x, int bits) => (x >>> bits) | (x << (32 - bits));

    // Vector i takes word i of every message's digest.
    private static void Load(ReadOnlySpan<Digest> digests, int first, int step, Span<Vector256<uint>> words)
    {
        Span<byte> bytes = stackalloc byte[Count * Digest.SizeBytes];
        for (var (from, to) = (first, 0); from < digests.Length; from += step, to += Digest.SizeBytes)
        {
            digests[from].CopyTo(bytes[to..]);
        }

        for (var lane = 0; lane < Count; lane++)
        {
            words[lane] = Swap(Vector256.Create<byte>(bytes.Slice(lane * Digest.SizeBytes, Digest.SizeBytes))).AsUInt32();
        }

        Transpose(words);
    }

    private static void Store(Span<Vector256<uint>> words, Span<Digest> digests)
    {
        Span<byte> bytes = stackalloc byte[Digest.SizeBytes];
        Transpose(words);
        for (var lane = 0; lane < digests.Length; lane++)
        {
            Swap(words[lane].AsByte()).CopyTo(bytes);
            digests[lane] = new Digest(bytes);
        }
    }

    // Digests are big-endian words.
    private static Vector256<byte> Swap(Vector256<byte> words) => Vector256.Shuffle(words, Vector256.Create(
        (byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12, 19, 18, 17, 16, 23, 22, 21, 20, 27, 26, 25, 24, 31, 30, 29, 28));

    // Rows become columns: words are paired, then pairs, then halves.
    private static void Transpose(Span<Vector256<uint>> rows)
    {
        for (var i = 0; i < Count; i += 4)
        {
            var (low, nextLow) = (Avx2.UnpackLow(rows[i], rows[i + 1]).AsUInt64(), Avx2.UnpackLow(rows[i + 2], rows[i + 3]).AsUInt64());
            var (high, nextHigh) = (Avx2.UnpackHigh(rows[i], rows[i + 1]).AsUInt64(), Avx2.UnpackHigh(rows[i + 2], rows[i + 3]).AsUInt64());
            rows[i] = Avx2.UnpackLow(low, nextLow).AsUInt32();
            rows[i + 1] = Avx2.UnpackHigh(low, nextLow).AsUInt32();
            rows[i + 2] = Avx2.UnpackLow(high, nextHigh).AsUInt32();
            rows[i + 3] = Avx2.UnpackHigh(high, nextHigh).AsUInt32();
        }

        for (var i = 0; i < Count / 2; i++)
        {
            var (upper, lower) = (rows[i], rows[i + 4]);
            rows[i] = Avx2.Permute2x128(upper, lower, 0x20);
            rows[i + 4] = Avx2.Permute2x128(upper, lower, 0x31);
        }
    }
}
