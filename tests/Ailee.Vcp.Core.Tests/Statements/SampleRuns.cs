using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Core.Tests.Bundles;

namespace Ailee.Vcp.Core.Tests.Statements;

/// <summary>Executions of every kind, also the sources of tests/Vectors/statements.json.</summary>
internal static class SampleRuns
{
    // The defaults of the sandbox.
    private static readonly DeterministicLimits Limits = new(536_870_912, 10_000_000_000, 16_777_216, 1_048_576, 10_000_000, 67_108_864, 16_384, 1024);

    /// <summary>A command with arguments, environment, stdin and output.</summary>
    public static SampleRun Command { get; } = new()
    {
        Name = "completed-command",
        Counter = 41,
        Stdin = "first\nsecond\nthird\n"u8.ToArray(),
        Stdout = "3 lines\n"u8.ToArray(),
        Stderr = "done\n"u8.ToArray(),
        HostCalls = 2,
        BareInvocation = new Invocation
        {
            Arguments = ["--lines", "-", ""],
            Environment = new Dictionary<string, string> { ["\U00010000"] = "last", ["\uff21"] = "before it", ["Z"] = "1", ["LANG"] = "C" },
            Seed = Enumerable.Range(0, 32).Select(value => (byte)(255 - value)).ToArray(),
            ClockNanoseconds = 946_684_800_000_000_000,
            Limits = Limits,
        },
        Instructions = 1_234_567,
        MemoryPages = 17,
    };

    /// <summary>A command that exits with a code; nothing else is set.</summary>
    public static SampleRun ExitCode { get; } = new()
    {
        Name = "completed-with-exit-code",
        Counter = 42,
        BareInvocation = new Invocation { Limits = Limits },
        ExitCode = 4_294_967_295,
        Instructions = 0,
        MemoryPages = 0,
    };

    /// <summary>A guest that ended in a trap after it had written something.</summary>
    public static SampleRun Trapped { get; } = new()
    {
        Name = "trapped",
        Counter = 43,
        Stdout = "so far\n"u8.ToArray(),
        BareInvocation = new Invocation { Arguments = ["trap"], Limits = Limits },
        Trap = "unreachable",
        Outcome = Outcome.Trapped,
        ExitCode = StatementPayload.NoExit,
        Instructions = 4_711,
    };

    /// <summary>An exported function with arguments and results of every type.</summary>
    public static SampleRun Function { get; } = new()
    {
        Name = "completed-function",
        KeySeed = [.. Enumerable.Repeat((byte)0xa5, 32)],
        Counter = 0,
        Entrypoint = "mix",
        BareInvocation = new Invocation
        {
            FunctionArguments =
            [
                new(ScalarType.I32, 0xffff_fffe),
                new(ScalarType.I64, 0x8000_0000_0000_0000),
                new(ScalarType.F32, 0x7fc0_0000),
                new(ScalarType.F64, 0x8000_0000_0000_0000),
            ],
            Limits = Limits,
        },
        Results =
        [
            new(ScalarType.I32, 7),
            new(ScalarType.I64, 0xffff_ffff_ffff_ffff),
            new(ScalarType.F32, 0xff80_0000),
            new(ScalarType.F64, 0x3fb9_9999_9999_999a),
        ],
        Instructions = 23,
        MemoryPages = 0,
    };

    /// <summary>A guest that used up its instructions, signed under alg −19, with the largest counter and clock.</summary>
    public static SampleRun OutOfFuel { get; } = new()
    {
        Name = "out-of-fuel-alg-19",
        Algorithm = StatementHeader.Ed25519,
        IssuedAtSeconds = 4_294_967_296,
        Counter = ulong.MaxValue,
        BareInvocation = new Invocation { ClockNanoseconds = ulong.MaxValue, Limits = Limits with { Instructions = 10_000_000_000 } },
        Outcome = Outcome.OutOfFuel,
        ExitCode = StatementPayload.NoExit,
        Instructions = 10_000_000_000,
        MemoryPages = 8192,
    };

    /// <summary>A guest that wrote more than it may; what fits was kept.</summary>
    public static SampleRun OutputLimit { get; } = new()
    {
        Name = "output-limit",
        Counter = 44,
        Stdout = "0123456789abcdef"u8.ToArray(),
        BareInvocation = new Invocation { Limits = Limits with { StdoutBytes = 16 } },
        Outcome = Outcome.OutputLimit,
        ExitCode = StatementPayload.NoExit,
        Instructions = 99_999,
    };

    /// <summary>The longest entrypoint, and every number as long as it can be.</summary>
    public static SampleRun Longest { get; } = new()
    {
        Name = "longest-entrypoint",
        IssuedAtSeconds = long.MaxValue,
        Counter = 0x0123_4567_89ab_cdef,
        Entrypoint = string.Concat(Enumerable.Repeat("\u00e9", 32)),
        BareInvocation = new Invocation { FunctionArguments = [], Limits = Limits with { Instructions = long.MaxValue, MemoryBytes = 65_536L * 65_536 } },
        ExitCode = 3,
        Instructions = long.MaxValue - 1_000_000_000,
        MemoryPages = 65_536,
        HostCalls = 25,
    };

    /// <summary>A command with a bundle below it, and files that came back.</summary>
    public static SampleRun WithFiles { get; } = new()
    {
        Name = "completed-with-files",
        Counter = 45,
        Bundle = SampleBundles.Small,
        Files = new Dictionary<string, byte[]> { ["out/b.txt"] = "second\n"u8.ToArray(), ["out/a/\uff21"] = [], ["report"] = new byte[70_000] },
        BareInvocation = new Invocation { Arguments = ["app.txt"], Outputs = ["out", "re?ort"], Limits = Limits },
        Instructions = 65_000,
    };

    /// <summary>A guest that left more names of one file than may come back.</summary>
    public static SampleRun FilesLimit { get; } = new()
    {
        Name = "output-limit-of-files",
        Counter = 46,
        Files = new Dictionary<string, byte[]> { ["a"] = [.. Enumerable.Repeat((byte)'x', 40)], ["b"] = [.. Enumerable.Repeat((byte)'x', 40)] },
        BareInvocation = new Invocation { Outputs = ["**"], Limits = Limits with { ScratchBytes = 100 } },
        Outcome = Outcome.OutputLimit,
        ExitCode = StatementPayload.NoExit,
        Instructions = 1_000,
    };

    /// <summary>An exported function of bytes.</summary>
    public static SampleRun FunctionOfBytes { get; } = new()
    {
        Name = "completed-function-of-bytes",
        Counter = 47,
        Entrypoint = "reverse",
        Stdin = "abc"u8.ToArray(),
        Stdout = "cba"u8.ToArray(),
        BareInvocation = new Invocation { PassesBytes = true, Limits = Limits },
        Instructions = 300,
    };

    /// <summary>A command with a bundle, streams and files, of which one has two chunks, under SHA3-256.</summary>
    public static SampleRun Sha3Command { get; } = WithFiles with
    {
        Name = "completed-with-files-sha3-256",
        Counter = 48,
        Hash = ContentHash.Sha3,
        Stdin = "first\nsecond\n"u8.ToArray(),
        Stdout = "2 lines\n"u8.ToArray(),
        HostCalls = 3,
    };

    /// <summary>A guest that wrote nothing and was given nothing, under SHA3-256.</summary>
    public static SampleRun Sha3Trapped { get; } = Trapped with { Name = "trapped-sha3-256", Counter = 49, Hash = ContentHash.Sha3, Stdout = [] };

    public static IReadOnlyList<SampleRun> All { get; } =
        [Command, ExitCode, Trapped, Function, OutOfFuel, OutputLimit, Longest, WithFiles, FilesLimit, FunctionOfBytes, Sha3Command, Sha3Trapped];
}
