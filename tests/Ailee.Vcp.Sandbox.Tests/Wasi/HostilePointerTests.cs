using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Sandbox.Engine;
using Ailee.Vcp.Sandbox.Modules;
using Ailee.Vcp.Sandbox.Wasi;

namespace Ailee.Vcp.Sandbox.Tests.Wasi;

/// <summary>Whatever numbers a guest passes, it gets an errno or runs out of fuel: a host function that throws would be our fault.</summary>
public sealed class HostilePointerTests(SandboxFixture fixture)
{
    private static readonly long[] Hostile =
    [
        0xffffffff, 0xfffffffe, 0xfffffff8, 0x80000000, 0x7fffffff, 0x7ffffffc,
        GuestScript.MemoryBytes, GuestScript.MemoryBytes - 1, GuestScript.MemoryBytes - 7, GuestScript.MemoryBytes + 1,
    ];

    public static TheoryData<string> Functions => [.. WasiSignatures.All.Keys];

    /// <summary>Every parameter that is a pointer the call follows, with arguments that are otherwise right.</summary>
    public static TheoryData<string, int, long[]> Pointers => new()
    {
        { "args_get", 0, [0, 64] },
        { "args_get", 1, [0, 64] },
        { "args_sizes_get", 0, [0, 64] },
        { "args_sizes_get", 1, [0, 64] },
        { "environ_get", 0, [0, 64] },
        { "environ_get", 1, [0, 64] },
        { "environ_sizes_get", 0, [0, 64] },
        { "environ_sizes_get", 1, [0, 64] },
        { "clock_res_get", 1, [0, 64] },
        { "clock_time_get", 2, [0, 0, 64] },
        { "fd_fdstat_get", 1, [1, 64] },
        { "fd_filestat_get", 1, [1, 64] },
        { "fd_read", 1, [0, 0, 1, 64] },
        { "fd_read", 3, [0, 0, 1, 64] },
        { "fd_write", 1, [1, 0, 1, 64] },
        { "fd_write", 3, [1, 0, 1, 64] },
        { "poll_oneoff", 0, [0, 1024, 1, 64] },
        { "poll_oneoff", 1, [0, 1024, 1, 64] },
        { "poll_oneoff", 3, [0, 1024, 1, 64] },
        { "random_get", 0, [64, 16] },
        { "fd_prestat_get", 1, [3, 64] },
        { "fd_readdir", 1, [3, 2048, 100, 0, 64] },
        { "fd_readdir", 4, [3, 2048, 100, 0, 64] },
        { "path_open", 2, [3, 1, 1536, 2, 0, 0, 0, 0, 64] },
        { "path_open", 8, [3, 1, 1536, 2, 0, 0, 0, 0, 64] },
        { "path_filestat_get", 2, [3, 1, 1536, 2, 64] },
        { "path_filestat_get", 4, [3, 1, 1536, 2, 64] },
        { "path_filestat_set_times", 2, [3, 1, 1536, 2, 0, 0, 0] },
        { "path_create_directory", 1, [3, 1540, 2] },
        { "path_remove_directory", 1, [3, 1544, 2] },
        { "path_unlink_file", 1, [3, 1536, 2] },
        { "path_readlink", 1, [3, 1552, 2, 2048, 2, 64] },
        { "path_readlink", 3, [3, 1552, 2, 2048, 2, 64] },
        { "path_readlink", 5, [3, 1552, 2, 2048, 2, 64] },
        { "path_link", 2, [3, 0, 1536, 2, 3, 1540, 2] },
        { "path_link", 5, [3, 0, 1536, 2, 3, 1540, 2] },
        { "path_rename", 1, [3, 1536, 2, 3, 1540, 2] },
        { "path_rename", 4, [3, 1536, 2, 3, 1540, 2] },
        { "path_symlink", 0, [1536, 2, 3, 1540, 2] },
        { "path_symlink", 3, [1536, 2, 3, 1540, 2] },
    };

    [Fact]
    public void Signatures_Offered_AreThoseOfTheSpecification()
    {
        using var engine = new SandboxEngine();
        using var host = new WasiHost(engine.Wasmtime);

        var offered = host.Preview1.Signatures.ToDictionary(pair => pair.Key, pair => string.Concat(pair.Value.Parameters.Select(kind => kind == "i64" ? 'I' : 'i')));

        Assert.Equal(WasiSignatures.All, offered.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary());
        Assert.All(host.Preview1.Signatures, pair => Assert.Equal(WasiSignatures.Returns(pair.Key) ? ["i32"] : [], pair.Value.Results));
    }

    [Theory]
    [MemberData(nameof(Pointers))]
    public async Task Call_PointerOutOfMemory_Fault(string name, int parameter, long[] arguments)
    {
        // Names of two bytes, so that one of them can lie outside: a file, a directory, a link, and nothing yet.
        var script = new GuestScript().Vectors(0, (512, 4)).Data(1536, "ff"u8).Data(1540, "nn"u8).Data(1544, "dd"u8).Data(1552, "ll"u8);
        var bundle = TestBundle.Of(TestBundle.File("ff"), TestBundle.Directory("dd"), TestBundle.Link("ll", "ff"));
        long[] outside = [0xffffffff, 0x80000000, GuestScript.MemoryBytes, GuestScript.MemoryBytes - 1];
        foreach (var pointer in outside)
        {
            script.Call(name, [.. arguments[..parameter], pointer, .. arguments[(parameter + 1)..]]);
        }

        script.Call(name, arguments);
        var invocation = SandboxFixture.Function() with { Environment = new Dictionary<string, string> { ["name"] = "value" } };

        var run = await script.RunAsync(fixture, invocation, stdin: new byte[100], bundle);

        Assert.Equal([21, 21, 21, 21, 0], run.Errnos);
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public async Task Call_HostileNumbersEverywhere_IsAnOutcome(string name)
    {
        var parameters = WasiSignatures.Parameters(name).Length;
        foreach (var arguments in Combinations(parameters))
        {
            var run = await new GuestScript().Call(name, arguments).RunAsync(fixture, stdin: new byte[100]);

            Assert.True(run.Result.Outcome is Outcome.Completed or Outcome.OutOfFuel, $"{name}: {run.Result.Outcome}");
            if (name != "proc_exit" && run.Result.Outcome == Outcome.Completed)
            {
                Assert.InRange(Assert.Single(run.Errnos), 0, 76);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public async Task Call_WithoutAByteOfMemory_IsAnOutcome(string name)
    {
        foreach (var memory in new[] { string.Empty, "(memory 0)" })
        {
            await AssertAnswersAsync(name, memory);
        }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public async Task Prepare_EachFunctionWithAnotherType_Refused(string name)
    {
        var wat = $"""(module (import "wasi_snapshot_preview1" "{name}" (func (param f64))))""";

        var exception = await Assert.ThrowsAsync<ModuleException>(() => SandboxFixture.PrepareAsync(fixture.Sandbox, SandboxFixture.Wat(wat)));

        Assert.Equal(ModuleException.ImportType, exception.Code);
        Assert.Contains($"'{name}'", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fd_read", 0)]
    [InlineData("fd_write", 1)]
    public async Task Call_HostileVectors_Fault(string name, int descriptor)
    {
        foreach (var pointer in Hostile)
        {
            var run = await new GuestScript()
                .Vectors(0, (pointer, 0xffffffff)).Vectors(8, (0xffffffff, pointer)).Vectors(16, (1, 0xffffffff)).Vectors(24, (0x80000000, 0x80000000))
                .Call(name, descriptor, 0, 1, 64).Call(name, descriptor, 8, 1, 64).Call(name, descriptor, 16, 1, 64).Call(name, descriptor, 24, 1, 64)
                .RunAsync(fixture, stdin: new byte[100]);

            Assert.Equal([21, 21, 21, 21], run.Errnos);
            Assert.Empty(run.Dumped);
        }
    }

    private async Task AssertAnswersAsync(string name, string memory)
    {
        var constants = string.Concat(WasiSignatures.Parameters(name).Select(kind => kind == 'I' ? "(i64.const 0)" : "(i32.const 0)"));
        var result = await fixture.ConcludeAsync(
            $"""
            (module
              (import "wasi_snapshot_preview1" "{name}" (func $f {WasiSignatures.Type(name)}))
              {memory}
              (func (export "run") {(WasiSignatures.Returns(name) ? "(result i32)" : string.Empty)} (call $f {constants})))
            """);

        Assert.Equal(Outcome.Completed, result.Outcome);
        Assert.Equal(0, result.MemoryPages);
    }

    // Each hostile number in all places at once, in each place alone, and small ones in between.
    private static IEnumerable<long[]> Combinations(int parameters)
    {
        foreach (var value in Hostile)
        {
            yield return [.. Enumerable.Repeat(value, parameters)];
        }

        for (var i = 0; i < parameters; i++)
        {
            foreach (var small in new long[] { 0, 1, 2, 3 })
            {
                var arguments = Enumerable.Repeat(small, parameters).ToArray();
                arguments[i] = 0xffffffff;
                yield return arguments;
            }
        }
    }
}
