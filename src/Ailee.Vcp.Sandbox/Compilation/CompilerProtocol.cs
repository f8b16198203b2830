using System.Buffers.Binary;

namespace Ailee.Vcp.Sandbox.Compilation;

/// <summary>What a compiler process is asked to do.</summary>
internal enum CompilerWork : byte
{
    ConvertText = 1,
    Compile = 2,
}

/// <summary>A request as the child reads it.</summary>
internal sealed record CompilerRequest(CompilerWork Work, byte[] Bytes);

/// <summary>An answer as the parent reads it. <paramref name="WorkingSetBytes"/> is the child's after the work.</summary>
internal sealed record CompilerAnswer(bool Refused, long WorkingSetBytes, byte[] Bytes);

/// <summary>
/// The bytes between a compiler process and its parent. The child says <see cref="Ready"/> once. A request is work (1 byte), length
/// (4) and bytes; an answer is refused (1), working set (8), length (4) and bytes. Numbers are little-endian. Null is the end.
/// </summary>
internal static class CompilerProtocol
{
    /// <summary>Most bytes of an answer; a larger artifact is no module for this service.</summary>
    public const int MaxAnswerBytes = 512 * 1024 * 1024;

    private const byte Ready = 0x01;
    private const int RequestHeaderBytes = 5;
    private const int AnswerHeaderBytes = 13;

    public static void WriteReady(Stream output) => output.Write([Ready]);

    public static async Task<bool> ReadReadyAsync(Stream input) => await ReadAsync(input, 1) is [Ready];

    public static byte[] RequestHeader(CompilerWork work, int length)
    {
        var header = new byte[RequestHeaderBytes];
        header[0] = (byte)work;
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(1), length);
        return header;
    }

    public static CompilerRequest? ReadRequest(Stream input)
    {
        var header = new byte[RequestHeaderBytes];
        if (input.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length)
        {
            return null;
        }

        var bytes = new byte[BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(1))];
        return input.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length ? null : new CompilerRequest((CompilerWork)header[0], bytes);
    }

    public static void WriteAnswer(Stream output, bool refused, ReadOnlySpan<byte> bytes)
    {
        Span<byte> header = stackalloc byte[AnswerHeaderBytes];
        header[0] = refused ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64LittleEndian(header[1..], Environment.WorkingSet);
        BinaryPrimitives.WriteInt32LittleEndian(header[9..], bytes.Length);
        output.Write(header);
        output.Write(bytes);
    }

    public static async Task<CompilerAnswer?> ReadAnswerAsync(Stream input)
    {
        if (await ReadAsync(input, AnswerHeaderBytes) is not { } header)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(9));
        return length is >= 0 and <= MaxAnswerBytes && await ReadAsync(input, length) is { } bytes
            ? new CompilerAnswer(header[0] != 0, BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(1)), bytes)
            : null;
    }

    private static async Task<byte[]?> ReadAsync(Stream input, int length)
    {
        var bytes = new byte[length];
        return await input.ReadAtLeastAsync(bytes, length, throwOnEndOfStream: false) < length ? null : bytes;
    }
}
