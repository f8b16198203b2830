using System.Buffers.Binary;
using Ailee.Vcp.Core.Bundles;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Sandbox.Engine;
using Ailee.Vcp.Sandbox.Wasi;

namespace Ailee.Vcp.Sandbox.Tests.Wasi;

/// <summary>Where the version before preview 1 differs: layouts and numbers (witx of snapshot 00). Seeks are in FileReadWriteTests.</summary>
public sealed class UnstableTests(SandboxFixture fixture)
{
    private const string Module = "wasi_unstable";
    private const ulong Clock = 77_000;

    private static readonly Bundle Bundle = TestBundle.Of(TestBundle.File("f", "bundled"));

    [Fact]
    public void Modules_Offered_AreBothWithTheSameFunctions()
    {
        using var engine = new SandboxEngine();
        using var host = new WasiHost(engine.Wasmtime);

        Assert.Equal(["wasi_snapshot_preview1", Module], host.Modules);
        Assert.All(host.Preview1.Signatures, pair => Assert.True(host.Find(Module, pair.Key)?.Matches(pair.Value)));
        Assert.Null(host.Find(Module, "thread_spawn"));
        Assert.Null(host.Find("env", "fd_write"));
    }

    [Fact]
    public async Task Filestat_Of56Bytes_HasLinksIn32Bits()
    {
        var run = await new GuestScript(Module)
            .Data(64, [.. Enumerable.Repeat((byte)0xee, 60)]).Data(128, [.. Enumerable.Repeat((byte)0xee, 60)])
            .Open("f").Call("path_link", 3, 0, "f", 3, "g")
            .Call("fd_filestat_get", 5, 64).Dump(64, 57).Call("path_filestat_get", 3, 0, "g", 128).Dump(128, 57)
            .Call("fd_filestat_get", 5, GuestScript.MemoryBytes - 56).Call("fd_filestat_get", 5, GuestScript.MemoryBytes - 55)
            .RunAsync(fixture, SandboxFixture.Function() with { ClockNanoseconds = Clock }, bundle: Bundle);

        byte[] expected = [.. Number(1), .. Number(5), 4, 0, 0, 0, 2, 0, 0, 0, .. Number(7), .. Number(Clock), .. Number(Clock), .. Number(Clock), 0xee];
        Assert.Equal([0, 0, 0, 0, 0, Errno.Fault], run.Errnos);
        Assert.Equal([.. expected, .. expected], run.Dumped);
    }

    [Fact]
    public async Task Filestat_OfAStream_Has56Bytes()
    {
        var run = await new GuestScript(Module).Data(64, [.. Enumerable.Repeat((byte)0xee, 60)]).Call("fd_filestat_get", 1, 64).Dump(64, 57).RunAsync(fixture);

        Assert.Equal([.. Number(0), .. Number(2), 0, 0, 0, 0, 1, 0, 0, 0, .. new byte[32], 0xee], run.Dumped);
    }

    [Fact]
    public async Task PollOneoff_SubscriptionsOf56Bytes_AreRead()
    {
        var subscriptions = new byte[3 * 56];
        Subscribe(subscriptions, user: 1, clock: 1, timeout: 9_000);
        Subscribe(subscriptions.AsSpan(56), user: 2, clock: 1, timeout: 3_000);
        Subscribe(subscriptions.AsSpan(112), user: 3, clock: 0, timeout: Clock + 3_000, absolute: true);

        var run = await new GuestScript(Module)
            .Data(0, subscriptions).Call("poll_oneoff", 0, 1024, 3, 64).Dump(64, 4).Dump(1024, 64).Call("clock_time_get", 1, 0, 72).Dump(72, 8)
            .RunAsync(fixture, SandboxFixture.Function() with { ClockNanoseconds = Clock });

        Assert.Equal([0, 0], run.Errnos);
        Assert.Equal([2, 0, 0, 0, .. Event(2), .. Event(3), .. Number(3_000 + VirtualClock.StepNanoseconds)], run.Dumped);
    }

    [Fact]
    public async Task PollOneoff_Stream_IsReadWhereItIsInBothVersions()
    {
        var subscription = new byte[56];
        BinaryPrimitives.WriteUInt64LittleEndian(subscription, 9);
        subscription[8] = 2;
        subscription[16] = 1;

        var run = await new GuestScript(Module).Data(0, subscription).Call("poll_oneoff", 0, 1024, 1, 64).Dump(1024, 11).RunAsync(fixture);

        Assert.Equal([.. Number(9), 0, 0, 2], run.Dumped);
    }

    [Fact]
    public async Task Calls_OfBothVersionsInOneModule_ShareTheFiles()
    {
        const string Wat = """
            (module
              (import "wasi_snapshot_preview1" "path_create_directory" (func $new (param i32 i32 i32) (result i32)))
              (import "wasi_unstable" "path_create_directory" (func $old (param i32 i32 i32) (result i32)))
              (memory 1) (data (i32.const 0) "d")
              (func (export "run") (result i32 i32)
                (call $old (i32.const 3) (i32.const 0) (i32.const 1))
                (call $new (i32.const 3) (i32.const 0) (i32.const 1))))
            """;

        var result = await fixture.ConcludeAsync(Wat);

        Assert.Equal([SandboxFixture.I32(0), SandboxFixture.I32(Errno.Exists)], result.Output.Results);
        Assert.Equal(["path_create_directory", "path_create_directory"], DecodedTrace.Of(result.Trace).Calls.Select(call => call.Name));
    }

    [Fact]
    public async Task Calls_OfTheOldVersion_CostTheSame()
    {
        Task<ScriptRun> RunAsync(string module) => new GuestScript(module).Open("f").Stat("f").Read(5, 4).RunAsync(fixture, bundle: Bundle);

        Assert.Equal((await RunAsync("wasi_snapshot_preview1")).Result.Instructions, (await RunAsync(Module)).Result.Instructions);
        Assert.Equal(Outcome.Completed, (await RunAsync(Module)).Result.Outcome);
    }

    private static byte[] Number(ulong value) => BitConverter.GetBytes(value);

    private static byte[] Event(ulong user) => [.. Number(user), .. new byte[24]];

    private static void Subscribe(Span<byte> entry, ulong user, uint clock, ulong timeout, bool absolute = false)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(entry, user);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[16..], ulong.MaxValue); // the guest's own number for the clock
        BinaryPrimitives.WriteUInt32LittleEndian(entry[24..], clock);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[32..], timeout);
        BinaryPrimitives.WriteUInt64LittleEndian(entry[40..], ulong.MaxValue); // precision
        entry[48] = absolute ? (byte)1 : (byte)0;
    }
}
