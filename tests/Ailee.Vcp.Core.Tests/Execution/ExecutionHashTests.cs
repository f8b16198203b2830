using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Tests.Cbor;
using Ailee.Vcp.Core.Tests.Statements;

namespace Ailee.Vcp.Core.Tests.Execution;

public sealed class ExecutionHashTests
{
    private static readonly StatementPayload Payload = SampleRuns.Trapped.Payload;
    private static readonly Digest Other = Digest.Of("other"u8);

    [Fact]
    public void Compute_Payload_HashesTheDocumentedArray()
    {
        var expected = RawCbor.Array(
            RawCbor.Text("vcp-execution-v1"),
            RawCbor.Bytes(Payload.Profile.ToArray()),
            RawCbor.Bytes(Payload.Module.ToArray()),
            RawCbor.Text("_start"),
            RawCbor.Bytes(Payload.Input.ToArray()),
            RawCbor.Integer(1),
            RawCbor.Integer(-1),
            RawCbor.Bytes(Payload.Output.ToArray()));

        Assert.Equal(Digest.Of(expected), ExecutionHash.Compute(Payload));
        Assert.Equal(Digest.Of(expected), Payload.WithExecutionHash().ExecutionHash);
    }

    [Fact]
    public void Compute_AnyMemberThatNamesTheExecution_ChangesIt()
    {
        StatementPayload[] changed =
        [
            Payload,
            Payload with { Profile = Other },
            Payload with { Module = Other },
            Payload with { Entrypoint = "start" },
            Payload with { Entrypoint = "" },
            Payload with { Input = Other },
            Payload with { Output = Other },
            Payload with { Input = Payload.Output, Output = Payload.Input },
            Payload with { Outcome = Outcome.OutOfFuel },
            Payload with { ExitCode = 1 },
            Payload with { Outcome = Outcome.Completed, ExitCode = 0 },
        ];

        Assert.Equal(changed.Length, changed.Select(ExecutionHash.Compute).Distinct().Count());
    }

    // The same execution has the same name, whichever task asked and whatever it cost.
    [Fact]
    public void Compute_OtherTaskOrCost_IsTheSame()
    {
        var other = Payload with
        {
            Task = TaskId.Parse("019b76da-a800-7000-8000-0000000000ff"),
            Nonce = new Nonce(1),
            TraceRoot = Other,
            TraceLeaves = 9,
            Instructions = 1,
            Gas = 1,
            MemoryPages = 9,
            ExecutionHash = Other,
        };

        Assert.Equal(ExecutionHash.Compute(Payload), ExecutionHash.Compute(other));
    }
}
