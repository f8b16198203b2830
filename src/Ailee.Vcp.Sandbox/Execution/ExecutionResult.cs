using Ailee.Vcp.Core;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Sandbox.Engine;
using Ailee.Vcp.Sandbox.Trace;

namespace Ailee.Vcp.Sandbox.Execution;

/// <summary>What came of a run: <see cref="Conclusive"/>, which may be signed, or <see cref="Inconclusive"/>, which never is.</summary>
public abstract record ExecutionResult
{
    private ExecutionResult()
    {
    }

    /// <summary>Wall time of the run. Never part of a statement.</summary>
    public required TimeSpan WallTime { get; init; }

    /// <summary>The guest did something deterministic.</summary>
    public sealed record Conclusive : ExecutionResult
    {
        /// <summary>The run.</summary>
        public required ExecutionRequest Request { get; init; }

        /// <summary>What the guest did.</summary>
        public required Outcome Outcome { get; init; }

        /// <summary>Exit code, or <see cref="StatementPayload.NoExit"/>.</summary>
        public required long ExitCode { get; init; }

        /// <summary>What the guest gave back.</summary>
        public required OutputRecord Output { get; init; }

        /// <summary><see cref="Output"/> encoded.</summary>
        public required ReadOnlyMemory<byte> OutputBytes { get; init; }

        /// <summary>The invocation encoded.</summary>
        public required ReadOnlyMemory<byte> InvocationBytes { get; init; }

        /// <summary>Digest of <see cref="InvocationBytes"/>.</summary>
        public required Digest InputDigest { get; init; }

        /// <summary>Digest of <see cref="OutputBytes"/>.</summary>
        public required Digest OutputDigest { get; init; }

        /// <summary>The bytes on stdout.</summary>
        public required ReadOnlyMemory<byte> Stdout { get; init; }

        /// <summary>The bytes on stderr.</summary>
        public required ReadOnlyMemory<byte> Stderr { get; init; }

        /// <summary>The bytes of the files that <see cref="OutputRecord.Files"/> commits to, in its order.</summary>
        public required IReadOnlyList<ReadOnlyMemory<byte>> Files { get; init; }

        /// <summary>The trace.</summary>
        public required ExecutionTrace Trace { get; init; }

        /// <summary>Instructions used.</summary>
        public required long Instructions { get; init; }

        /// <summary>Price in gas.</summary>
        public required long Gas { get; init; }

        /// <summary>Linear memory at the end, in pages of 64 KiB.</summary>
        public required long MemoryPages { get; init; }

        /// <summary>The claims to sign about this run.</summary>
        public StatementPayload ToPayload(TaskId task, Nonce nonce) => new StatementPayload
        {
            Task = task,
            Nonce = nonce,
            Hash = Request.Hash,
            Profile = EngineProfile.DigestOf(Request.Hash),
            Module = Request.StatedModule,
            Entrypoint = Request.Entrypoint,
            Input = InputDigest,
            Outcome = Outcome,
            ExitCode = ExitCode,
            Output = OutputDigest,
            TraceRoot = Trace.Root,
            TraceLeaves = Trace.LeafCount,
            Instructions = Instructions,
            Gas = Gas,
            MemoryPages = MemoryPages,
            ExecutionHash = default,
        }.WithExecutionHash();
    }

    /// <summary>Nobody can say what the guest would have done.</summary>
    public sealed record Inconclusive : ExecutionResult
    {
        /// <summary>Why.</summary>
        public required InconclusiveReason Reason { get; init; }

        /// <summary>A sentence for the operator's log; may quote the engine.</summary>
        public required string Detail { get; init; }
    }
}

/// <summary>Why a run says nothing about its guest.</summary>
public enum InconclusiveReason
{
    /// <summary>The wall time was over.</summary>
    Timeout,

    /// <summary>Somebody cancelled it.</summary>
    Cancelled,

    /// <summary>The guest overflowed its stack, whose size in frames differs between machines.</summary>
    StackLimit,

    /// <summary>The engine or a host function failed.</summary>
    EngineFault,
}

/// <summary>The spelling of reasons in JSON, metrics and documents.</summary>
public static class InconclusiveReasonNames
{
    /// <summary>The stable name: <c>timeout</c>, <c>cancelled</c>, <c>stack-limit</c> or <c>engine-fault</c>.</summary>
    public static string ToName(this InconclusiveReason reason) => reason switch
    {
        InconclusiveReason.Timeout => "timeout",
        InconclusiveReason.Cancelled => "cancelled",
        InconclusiveReason.StackLimit => "stack-limit",
        _ => "engine-fault",
    };
}
