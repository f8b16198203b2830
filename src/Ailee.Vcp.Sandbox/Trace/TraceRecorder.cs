using System.Formats.Cbor;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Cbor;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Sandbox.Engine;

namespace Ailee.Vcp.Sandbox.Trace;

/// <summary>
/// Writes down what a guest does at its boundary, as the leaves of a Merkle tree (docs/design/trace.md): a start leaf, blocks of
/// host calls, a finish leaf. Memory is bounded at any length: a block at a time, and the first 16 MiB of leaves are kept.
/// </summary>
internal sealed class TraceRecorder
{
    /// <summary>Host calls in every block but the last.</summary>
    public const int RecordsPerBlock = 4096;

    private const int KeptBytes = 16 * 1024 * 1024;

    private readonly MerkleTreeBuilder _tree = new();
    private readonly List<ReadOnlyMemory<byte>> _kept = [];
    private CborWriter? _records;
    private int _pending;
    private long _keptBytes;

    public void Start(Digest module, string entrypoint, Digest input) =>
        Append(CborWriting.Encode((module, entrypoint, input), static (writer, start) =>
        {
            writer.WriteStartArray(5);
            writer.WriteInt32(0);
            writer.WriteDigest(EngineProfile.Digest);
            writer.WriteDigest(start.module);
            writer.WriteTextString(start.entrypoint);
            writer.WriteDigest(start.input);
            writer.WriteEndArray();
        }));

    /// <param name="name">Name of the function.</param>
    /// <param name="arguments">Its arguments, zero-extended.</param>
    /// <param name="errno">What it answered.</param>
    /// <param name="moved">SHA-256 of the bytes that it moved between guest and host, or null if it moved none.</param>
    /// <param name="instructions">Instructions used when it returned.</param>
    public void HostCall(string name, ReadOnlySpan<ulong> arguments, int errno, Digest? moved, long instructions)
    {
        _records ??= new CborWriter(CborConformanceMode.Lax, allowMultipleRootLevelValues: true, initialCapacity: 1024);
        _records.WriteStartArray(5);
        _records.WriteTextString(name);
        _records.WriteStartArray(arguments.Length);
        foreach (var argument in arguments)
        {
            _records.WriteUInt64(argument);
        }

        _records.WriteEndArray();
        _records.WriteInt32(errno);
        if (moved is { } digest)
        {
            _records.WriteDigest(digest);
        }
        else
        {
            _records.WriteNull();
        }

        _records.WriteInt64(instructions);
        _records.WriteEndArray();
        if (++_pending == RecordsPerBlock)
        {
            Flush();
        }
    }

    public ExecutionTrace Finish(Outcome outcome, long exitCode, Digest output, long instructions, long memoryPages)
    {
        Flush();
        Append(CborWriting.Encode((outcome, exitCode, output, instructions, memoryPages), static (writer, finish) =>
        {
            writer.WriteStartArray(6);
            writer.WriteInt32(2);
            writer.WriteInt32((int)finish.outcome);
            writer.WriteInt64(finish.exitCode);
            writer.WriteDigest(finish.output);
            writer.WriteInt64(finish.instructions);
            writer.WriteInt64(finish.memoryPages);
            writer.WriteEndArray();
        }));
        return new ExecutionTrace(_tree.Root(), _tree.Count, _kept);
    }

    private void Flush()
    {
        if (_records is null || _pending == 0)
        {
            return;
        }

        // [1, [record…]] written by hand around the records, whose number is known only now.
        var head = new CborWriter(CborConformanceMode.Lax, allowMultipleRootLevelValues: true, initialCapacity: 8);
        head.WriteStartArray(2);
        head.WriteInt32(1);
        head.WriteStartArray(_pending);
        for (var i = 0; i < _pending; i++)
        {
            head.WriteNull();
        }

        head.WriteEndArray();
        head.WriteEndArray();
        var headBytes = head.BytesWritten - _pending;
        var leaf = new byte[headBytes + _records.BytesWritten];
        var encodedHead = head.Encode();
        encodedHead.AsSpan(0, headBytes).CopyTo(leaf);
        _records.Encode(leaf.AsSpan(headBytes));
        _records.Reset();
        _pending = 0;
        Append(leaf);
    }

    private void Append(byte[] leaf)
    {
        _tree.Append(MerkleHash.Leaf(leaf));
        // Only a prefix is kept: once a leaf did not fit, none after it is.
        if (_kept.Count == _tree.Count - 1 && _keptBytes + leaf.Length <= KeptBytes)
        {
            _kept.Add(leaf);
            _keptBytes += leaf.Length;
        }
    }
}
