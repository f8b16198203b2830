using System.Text;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Merkle;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Sandbox.Tests.Execution;

/// <summary>Functions that take bytes and return bytes.</summary>
public sealed class BytesTests(SandboxFixture fixture)
{
    private const string Copy = """
        (memory.copy (i32.const 2048) (local.get $pointer) (local.get $length))
        (i64.or (i64.const 0x80000000000) (i64.extend_i32_u (local.get $length)))
        """;

    private const string InPlace = "(i64.or (i64.shl (i64.extend_i32_u (local.get $pointer)) (i64.const 32)) (i64.extend_i32_u (local.get $length)))";

    private static readonly byte[] Input = "some input"u8.ToArray();

    [Fact]
    public async Task Execute_Bytes_GoInAndComeOut()
    {
        var result = await RunAsync(Module(Copy));

        Assert.Equal(Outcome.Completed, result.Outcome);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(Input, result.Stdout.ToArray());
        Assert.Equal(Blob.Of(Input), result.Output.Stdout);
        Assert.Empty(result.Output.Results);
        Assert.Equal(["alloc 10", "free 1024 10", "free 2048 10"], Notes(result));
    }

    [Theory]
    [InlineData(Copy, new[] { "alloc 0", "free 1024 0", "free 2048 0" })]
    [InlineData(InPlace, new[] { "alloc 0", "free 1024 0" })]
    [InlineData("(i64.const 0)", new[] { "alloc 0", "free 1024 0", "free 0 0" })]
    public async Task Execute_EmptyInputAndResult_AreAllocatedAndFreedToo(string body, string[] notes)
    {
        var result = await RunAsync(Module(body), []);

        Assert.Equal(Outcome.Completed, result.Outcome);
        Assert.Empty(result.Stdout.ToArray());
        Assert.Equal(notes, Notes(result));
    }

    [Fact]
    public async Task Execute_ResultInPlace_IsFreedOnce()
    {
        var result = await RunAsync(Module("(i32.store8 (local.get $pointer) (i32.const 83))" + InPlace));

        Assert.Equal("Some input", Encoding.UTF8.GetString(result.Stdout.Span));
        Assert.Equal(["alloc 10", "free 1024 10"], Notes(result));
    }

    [Fact]
    public async Task Execute_ResultInsideTheInput_IsFreedByItsOwnPointer()
    {
        var result = await RunAsync(Module("(i64.or (i64.shl (i64.extend_i32_u (i32.add (local.get $pointer) (i32.const 5))) (i64.const 32)) (i64.const 5))"));

        Assert.Equal("input", Encoding.UTF8.GetString(result.Stdout.Span));
        Assert.Equal(["alloc 10", "free 1024 10", "free 1029 5"], Notes(result));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("65526")]
    public async Task Execute_AllocAtTheEdgesOfMemory_IsTaken(string address)
    {
        var result = await RunAsync(Module(InPlace, $"(i32.const {address})"));

        Assert.Equal(Input, result.Stdout.ToArray());
    }

    [Theory]
    [InlineData("65527")]
    [InlineData("65536")]
    [InlineData("-1")]
    [InlineData("-10")]
    [InlineData("0x80000000")]
    public async Task Execute_AllocOutOfMemory_TrappedExactly(string address)
    {
        var result = await RunAsync(Module(Copy, $"(i32.const {address})"));
        var again = await RunAsync(Module(Copy, $"(i32.const {address})"));

        AssertTrapped("memory-out-of-bounds", result);
        Assert.Equal(["alloc 10"], Notes(result));
        // The call of alloc with its note, then the copy that was paid for and not made.
        Assert.Equal(DecodedTrace.Of(result.Trace).Calls[0].Instructions + 1 + GasSchedule.HostCall + 10, result.Instructions);
        Assert.Equal((result.Instructions, result.Trace.Root), (again.Instructions, again.Trace.Root));
    }

    [Theory]
    [InlineData("0x0000ffff00000002")]
    [InlineData("0x0000000000010001")]
    [InlineData("0x00010000_00000001")]
    [InlineData("0xffffffff_00000001")]
    [InlineData("0x80000000_00000000")]
    public async Task Execute_ResultOutOfMemory_TrappedWithNothingOut(string packed)
    {
        var result = await RunAsync(Module($"(i64.const {packed})"));

        AssertTrapped("memory-out-of-bounds", result);
        Assert.Empty(result.Stdout.ToArray());
        Assert.Equal(["alloc 10"], Notes(result));
    }

    [Theory]
    [InlineData("0x00000000_ffffffff")]
    [InlineData("0xffffffff_ffffffff")]
    public async Task Execute_ResultLongerThanCanBePaid_OutOfFuel(string packed)
    {
        var result = await RunAsync(Module($"(i64.const {packed})"));

        Assert.Equal(Outcome.OutOfFuel, result.Outcome);
        Assert.Equal(SandboxFixture.DefaultLimits.Instructions, result.Instructions);
    }

    [Fact]
    public async Task Execute_ResultLongerThanAnySpan_Trapped()
    {
        var invocation = Bytes with { Limits = SandboxFixture.DefaultLimits with { Instructions = 1_000_000_000_000 } };

        AssertTrapped("memory-out-of-bounds", await RunAsync(Module("(i64.const 0xffffffff)"), invocation: invocation));
    }

    [Theory]
    [InlineData(10, Outcome.Completed)]
    [InlineData(9, Outcome.OutputLimit)]
    [InlineData(0, Outcome.OutputLimit)]
    public async Task Execute_OutputLimit_KeepsTheBeginning(int limit, Outcome outcome)
    {
        var result = await RunAsync(Module(Copy), invocation: Bytes with { Limits = SandboxFixture.DefaultLimits with { StdoutBytes = limit } });

        Assert.Equal(outcome, result.Outcome);
        Assert.Equal(outcome == Outcome.Completed ? 0 : StatementPayload.NoExit, result.ExitCode);
        Assert.Equal(Input[..limit], result.Stdout.ToArray());
    }

    [Fact]
    public async Task Execute_WroteToStdoutItself_ResultComesAfterIt()
    {
        const string WriteFour = """
            (i32.store (i32.const 0) (i32.const 1024))
            (i32.store (i32.const 4) (i32.const 4))
            (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
            """;

        var result = await RunAsync(Module(WriteFour + Copy));

        Assert.Equal("somesome input", Encoding.UTF8.GetString(result.Stdout.Span));
    }

    [Fact]
    public async Task Execute_Costs_AreACallAndTheBytesForEachCopy()
    {
        var empty = await RunAsync(Module("(i64.const 0x40000000000)"), []);
        var input = await RunAsync(Module("(i64.const 0x40000000000)"), new byte[1000]);
        var both = await RunAsync(Module(InPlace), new byte[1000]);
        var neither = await RunAsync(Module(InPlace), []);

        Assert.Equal(1000, input.Instructions - empty.Instructions);
        Assert.Equal(2000, both.Instructions - neither.Instructions);
        // Each note is a host call of its own, in alloc and in dealloc.
        Assert.InRange(empty.Instructions, 4 * GasSchedule.HostCall, (4 * GasSchedule.HostCall) + 30);
    }

    [Theory]
    [InlineData(0, Outcome.OutOfFuel)]
    [InlineData(1, Outcome.Completed)]
    public async Task Execute_LimitAtTheCost_CompletesOnlyIfOneIsLeft(int spare, Outcome outcome)
    {
        var cost = (await RunAsync(Module(Copy))).Instructions;

        var result = await RunAsync(Module(Copy), invocation: Bytes with { Limits = SandboxFixture.DefaultLimits with { Instructions = cost + spare } });

        Assert.Equal(outcome, result.Outcome);
        Assert.Equal(cost, result.Instructions);
    }

    [Theory]
    [InlineData(150, 1)]
    [InlineData(1000, 1)]
    [InlineData(2200, 1)]
    [InlineData(2350, 1)]
    [InlineData(2450, 2)]
    public async Task Execute_OutOfFuelWhileCopying_EndsThere(long instructions, int notes)
    {
        // In: 100 for the note in alloc, then 100 and 1000 for the input; out: the same for the result; then each dealloc with its note.
        var result = await RunAsync(Module(InPlace), new byte[1000], Bytes with { Limits = SandboxFixture.DefaultLimits with { Instructions = instructions } });

        Assert.Equal(notes < 2 ? Outcome.OutOfFuel : Outcome.Completed, result.Outcome);
        Assert.Equal(notes < 2 ? instructions : result.Instructions, result.Instructions);
        Assert.Equal(notes, Notes(result).Length);
    }

    [Theory]
    [InlineData("alloc", "(param i32) (result i32) (unreachable)")]
    [InlineData("dealloc", "(param i32 i32) (unreachable)")]
    [InlineData("run", "(param i32 i32) (result i64) (unreachable)")]
    public async Task Execute_TrapInAnyOfThem_IsTheOutcome(string function, string rest)
    {
        var result = await RunAsync(Replace(function, rest));

        AssertTrapped("unreachable", result);
        Assert.Equal(function == "dealloc" ? Input : [], result.Stdout.ToArray());
    }

    [Theory]
    [InlineData("alloc", "(param i32) (result i32) (call $exit (i32.const 7)) (unreachable)")]
    [InlineData("dealloc", "(param i32 i32) (call $exit (i32.const 7))")]
    [InlineData("run", "(param i32 i32) (result i64) (call $exit (i32.const 7)) (unreachable)")]
    public async Task Execute_ExitInAnyOfThem_IsTheOutcome(string function, string rest)
    {
        var result = await RunAsync(Replace(function, rest));

        Assert.Equal(Outcome.Completed, result.Outcome);
        Assert.Equal(7, result.ExitCode);
        Assert.Equal(function == "dealloc" ? Input : [], result.Stdout.ToArray());
    }

    [Theory]
    [InlineData("alloc", null)]
    [InlineData("alloc", "(param i64) (result i32) (i32.const 0)")]
    [InlineData("alloc", "(param i32)")]
    [InlineData("dealloc", null)]
    [InlineData("dealloc", "(param i32)")]
    [InlineData("dealloc", "(param i32 i32) (result i32) (i32.const 0)")]
    [InlineData("run", null)]
    [InlineData("run", "(param i32 i32) (result i32) (i32.const 0)")]
    [InlineData("run", "(param i32) (result i64) (i64.const 0)")]
    [InlineData("run", "(param i32 i32)")]
    public async Task Execute_ExportMissingOrOfAnotherType_FaultsBeforeTheStartFunction(string function, string? rest)
    {
        // Had the start function run, it would have ended the run as out of fuel.
        var result = await fixture.RunAsync(Replace(function, rest, "(func $start (loop $again (br $again))) (start $start)"), invocation: Bytes, stdin: Input);

        Assert.Equal(InconclusiveReason.EngineFault, Assert.IsType<ExecutionResult.Inconclusive>(result).Reason);
    }

    [Fact]
    public async Task Execute_NoMemory_Trapped()
    {
        var wat = """
            (module
              (func (export "alloc") (param i32) (result i32) (i32.const 0))
              (func (export "dealloc") (param i32 i32))
              (func (export "run") (param i32 i32) (result i64) (i64.const 0)))
            """;

        AssertTrapped("memory-out-of-bounds", await RunAsync(wat));
    }

    [Fact]
    public async Task Execute_PastTheDeadline_Timeout()
    {
        var result = await fixture.RunAsync(Module(Copy), invocation: Bytes, stdin: Input, timeout: TimeSpan.Zero);

        Assert.Equal(InconclusiveReason.Timeout, Assert.IsType<ExecutionResult.Inconclusive>(result).Reason);
    }

    private static Invocation Bytes => SandboxFixture.Function() with { FunctionArguments = null, PassesBytes = true };

    // Calls of alloc and dealloc are told apart in the trace by what they pass to a call that does nothing.
    private static string Module(string body, string pointer = "(i32.const 1024)") => Module(Functions(body, pointer));

    private static string Module(Dictionary<string, string> functions, string fields = "") => $"""
        (module
          (import "wasi_snapshot_preview1" "fd_renumber" (func $note (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 1)
          {string.Join('\n', functions.Select(function => $"(func (export \"{function.Key}\") {function.Value})"))}
          {fields})
        """;

    private static Dictionary<string, string> Functions(string body, string pointer) => new()
    {
        ["alloc"] = $"(param i32) (result i32) (drop (call $note (i32.const -1) (local.get 0))) {pointer}",
        ["dealloc"] = "(param i32 i32) (drop (call $note (local.get 0) (local.get 1)))",
        ["run"] = $"(param $pointer i32) (param $length i32) (result i64) {body}",
    };

    // The module with one function written anew, or without it.
    private static string Replace(string function, string? rest, string fields = "")
    {
        var functions = Functions(InPlace, "(i32.const 1024)");
        functions.Remove(function);
        if (rest is not null)
        {
            functions.Add(function, rest);
        }

        return Module(functions, fields);
    }

    private static string[] Notes(ExecutionResult.Conclusive result) =>
        [.. DecodedTrace.Of(result.Trace).Calls
            .Where(call => call.Name == "fd_renumber")
            .Select(call => call.Arguments[0] == uint.MaxValue ? $"alloc {call.Arguments[1]}" : $"free {call.Arguments[0]} {call.Arguments[1]}")];

    private static void AssertTrapped(string name, ExecutionResult.Conclusive result)
    {
        Assert.Equal(Outcome.Trapped, result.Outcome);
        Assert.Equal(name, result.Output.Trap);
        Assert.Equal(StatementPayload.NoExit, result.ExitCode);
    }

    private Task<ExecutionResult.Conclusive> RunAsync(string wat, byte[]? stdin = null, Invocation? invocation = null) =>
        fixture.ConcludeAsync(wat, "run", invocation ?? Bytes, stdin ?? Input);
}
