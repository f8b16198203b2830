using System.Diagnostics;
using System.Security.Cryptography;
using Ailee.Vcp.Core;
using Ailee.Vcp.Sandbox.Engine;
using Ailee.Vcp.Sandbox.Files;
using Ailee.Vcp.Sandbox.Trace;
using Ailee.Vcp.Sandbox.Wasi;
using Wasmtime;

namespace Ailee.Vcp.Sandbox.Execution;

/// <summary>What host functions need of the execution that calls them; travels as the store's data. One run, one thread.</summary>
internal sealed class GuestState : IDisposable
{
    private readonly long _deadline;
    private readonly CancellationToken _cancellation;
    private GuestStrings? _arguments;
    private GuestStrings? _environment;
    private SeededRandom? _random;
    private IncrementalHash? _movedHash;
    private bool _moved;
    private DescriptorTable? _descriptors;
    private FileSystem? _files;
    private long _stepsPaid;

    public GuestState(ExecutionRequest request, CancellationToken cancellation)
    {
        Request = request;
        Clock = new VirtualClock(request.Invocation.ClockNanoseconds);
        Streams = new StandardStreams(request);
        Trace = new TraceRecorder(request.Hash, request.TraceFrom);
        _deadline = Stopwatch.GetTimestamp() + (long)(request.Timeout.TotalSeconds * Stopwatch.Frequency);
        _cancellation = cancellation;
    }

    public ExecutionRequest Request { get; }

    public VirtualClock Clock { get; }

    public SeededRandom Random => _random ??= new SeededRandom(Request.Invocation.Seed.Span);

    public StandardStreams Streams { get; }

    /// <summary>What the guest has open. Made when it is first asked for.</summary>
    public DescriptorTable Descriptors
    {
        get
        {
            if (_descriptors is null)
            {
                _descriptors = DescriptorTable.Create(Request, Files);
                // Finding the directories that the bundle opens is not the guest's work.
                TakeSteps();
            }

            return _descriptors;
        }
    }

    /// <summary>The guest's files. Made when they are first asked for.</summary>
    public FileSystem Files => _files ??= new FileSystem(
        Request.Bundle,
        new ScratchQuota(Request.Invocation.Limits.ScratchBytes, Request.Invocation.Limits.ScratchEntries),
        Request.Invocation.ClockNanoseconds,
        () => Clock.Realtime);

    /// <summary>Whether the guest has asked for files at all.</summary>
    public bool UsesFiles => _files is not null;

    public GuestStrings Arguments => _arguments ??= GuestStrings.Arguments(Request.Invocation);

    public GuestStrings Environment => _environment ??= GuestStrings.Environment(Request.Invocation);

    public TraceRecorder Trace { get; }

    /// <summary>The guest's linear memory; null until it is instantiated, and if it has none.</summary>
    public Memory? Memory { get; set; }

    public StopReason Stop { get; private set; }

    public uint ExitCode { get; private set; }

    public bool PastDeadline => Stopwatch.GetTimestamp() >= _deadline;

    public void ThrowIfInterrupted()
    {
        if (HostMemory.WasShort)
        {
            throw StopFor(StopReason.HostMemory);
        }

        if (_cancellation.IsCancellationRequested)
        {
            throw StopFor(StopReason.Cancelled);
        }

        if (PastDeadline)
        {
            throw StopFor(StopReason.Timeout);
        }
    }

    public GuestStopException StopFor(StopReason reason)
    {
        Stop = reason;
        return new GuestStopException();
    }

    public GuestStopException Exit(uint code)
    {
        ExitCode = code;
        return StopFor(StopReason.Exit);
    }

    /// <summary>Notes bytes that the current host call moves between guest and host.</summary>
    public void Moved(ReadOnlySpan<byte> bytes)
    {
        _movedHash ??= Request.Hash.Begin();
        _movedHash.AppendData(bytes);
        _moved = true;
    }

    /// <summary>Steps of the file system since the last call.</summary>
    public long TakeSteps()
    {
        var steps = Files.Steps - _stepsPaid;
        _stepsPaid += steps;
        return steps;
    }

    /// <summary>Digest of what the current host call moved, or null; begins anew.</summary>
    public Digest? TakeMoved()
    {
        if (!_moved)
        {
            return null;
        }

        Span<byte> hash = stackalloc byte[Digest.SizeBytes];
        _movedHash!.GetHashAndReset(hash);
        _moved = false;
        return new Digest(hash);
    }

    public void Dispose()
    {
        _movedHash?.Dispose();
        Trace.Dispose();
    }
}
