using System.Buffers;
using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Traces;
using Ailee.Vcp.Sandbox.Engine;

namespace Ailee.Vcp.Sandbox.Trace;

/// <summary>
/// Writes down what a guest does at its boundary, as the leaves of a Merkle tree (docs/design/trace.md): a start leaf, blocks of
/// host calls, a finish leaf. Memory is bounded: a block at a time, 16 MiB of leaves, and 32 bytes for every 4096 calls.
/// </summary>
/// <param name="hash">The hash of the tree, and of the digests in the leaves.</param>
/// <param name="keepFrom">Index of the first leaf that is kept.</param>
internal sealed class TraceRecorder(ContentHash hash, int keepFrom = 0) : IDisposable
{
    /// <summary>Host calls in every block but the last; part of the profile.</summary>
    public const int RecordsPerBlock = TraceLeaf.RecordsPerBlock;

    /// <summary>Most bytes of leaves that are kept.</summary>
    public const int KeptBytes = 16 * 1024 * 1024;

    private const int InitialBytes = 4096;

    private readonly MerkleTreeBuilder _tree = new(hash);
    private readonly List<Digest> _hashes = [];
    private readonly List<ReadOnlyMemory<byte>> _kept = [];
    private byte[]? _block;
    private int _length = TraceRecord.BlockHeadBytes;
    private int _pending;
    private long _keptBytes;
    private bool _isFull;

    public void Start(Digest module, string entrypoint, Digest input) =>
        Append(TraceLeaf.Encode(new TraceItem.Start(EngineProfile.DigestOf(hash), module, entrypoint, input)));

    /// <param name="name">Name of the function.</param>
    /// <param name="arguments">Its arguments, zero-extended.</param>
    /// <param name="errno">What it answered.</param>
    /// <param name="moved">Digest of the bytes that it moved between guest and host, or null if it moved none.</param>
    /// <param name="instructions">Instructions used when it returned.</param>
    public void HostCall(string name, ReadOnlySpan<ulong> arguments, int errno, Digest? moved, long instructions)
    {
        var room = TraceRecord.MaxBytes(name, arguments.Length);
        if (_block is null || _block.Length - _length < room)
        {
            Grow(room);
        }

        _length += TraceRecord.Write(_block.AsSpan(_length), name, arguments, errno, moved, instructions);
        if (++_pending == RecordsPerBlock)
        {
            Flush();
        }
    }

    public ExecutionTrace Finish(Outcome outcome, long exitCode, Digest output, long instructions, long memoryPages)
    {
        Flush();
        Append(TraceLeaf.Encode(new TraceItem.Finish(outcome, exitCode, output, instructions, memoryPages)));
        return new ExecutionTrace(hash, _tree.Root(), _hashes, keepFrom, _kept);
    }

    /// <summary>Gives the buffer back; what was finished stays.</summary>
    public void Dispose()
    {
        if (_block is not null)
        {
            ArrayPool<byte>.Shared.Return(_block);
            _block = null;
        }
    }

    private void Grow(int room)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(InitialBytes, 2 * (_length + room)));
        _block?.AsSpan(0, _length).CopyTo(larger);
        Dispose();
        _block = larger;
    }

    private void Flush()
    {
        if (_pending == 0)
        {
            return;
        }

        var start = TraceRecord.WriteBlockHead(_block, _pending);
        Append(_block.AsSpan(start, _length - start));
        (_pending, _length) = (0, TraceRecord.BlockHeadBytes);
    }

    private void Append(ReadOnlySpan<byte> leaf)
    {
        var leafHash = hash.Leaf(leaf);
        _tree.Append(leafHash);
        _hashes.Add(leafHash);
        if (_hashes.Count <= keepFrom)
        {
            return;
        }

        // No gaps: once a leaf did not fit, none after it is kept.
        _isFull |= _keptBytes + leaf.Length > KeptBytes;
        if (!_isFull)
        {
            _kept.Add(leaf.ToArray());
            _keptBytes += leaf.Length;
        }
    }
}
