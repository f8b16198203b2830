using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Sandbox.Execution;

namespace Ailee.Vcp.Sandbox.Tests.Wasi;

/// <summary>The whole of a 4 GiB memory can be reached by host calls: no address or length of a guest is a signed number of ours.</summary>
public sealed class LargeMemoryTests : IDisposable
{
    private const long MemoryBytes = 4L << 30;

    private readonly WasmSandbox _sandbox = new(new SandboxOptions { MemoryBytes = MemoryBytes });
    private readonly GuestThreads _threads = new(1);

    [Theory]
    [InlineData(0xfffffff0, 16, 0)]
    [InlineData(0xfffffff0, 17, 21)]
    [InlineData(0x80000000, 16, 0)]
    [InlineData(0x7ffffff8, 16, 0)]
    [InlineData(0x00000000, 0x80000000, 21)] // a vector longer than 2 GiB is never taken
    [InlineData(0xffffffff, 1, 0)]
    [InlineData(0xffffffff, 2, 21)]
    public async Task FdWriteAndRandomGet_HighAddresses_ReachThem(uint address, uint length, int errno)
    {
        var module = SandboxFixture.Wat(
            $$"""
            (module
              (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
              (memory 65536)
              (func (export "run") (result i32 i32)
                (i32.store (i32.const 1024) (i32.const {{address}}))
                (i32.store (i32.const 1028) (i32.const {{length}}))
                (call $random (i32.const {{address}}) (i32.const {{Math.Min(length, 1000)}}))
                (call $write (i32.const 1) (i32.const 1024) (i32.const 1) (i32.const 1032))))
            """);

        var result = await RunAsync(module);

        Assert.Equal(Outcome.Completed, result.Outcome);
        Assert.Equal(errno, (int)result.Output.Results[1].Bits);
        Assert.Equal(errno == 0 ? (int)length : 0, result.Stdout.Length);
        Assert.Equal(65536, result.MemoryPages);
    }

    [Fact]
    public async Task FdWrite_MoreBytesThanACountCanSay_Invalid()
    {
        // Three vectors of 2 GiB less a byte, each inside memory.
        var module = SandboxFixture.Wat(
            """
            (module
              (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
              (memory 65536)
              (data (i32.const 0) "\00\00\00\00\ff\ff\ff\7f\00\00\00\00\ff\ff\ff\7f\00\00\00\00\ff\ff\ff\7f")
              (func (export "run") (result i32)
                (call $write (i32.const 1) (i32.const 0) (i32.const 3) (i32.const 1032))))
            """);

        var result = await RunAsync(module);

        Assert.Equal([SandboxFixture.I32(28)], result.Output.Results);
        Assert.Equal(0, result.Stdout.Length);
    }

    public void Dispose()
    {
        _threads.Dispose();
        _sandbox.Dispose();
    }

    private async Task<ExecutionResult.Conclusive> RunAsync(byte[] module)
    {
        var invocation = SandboxFixture.Function() with { Limits = SandboxFixture.DefaultLimits with { MemoryBytes = MemoryBytes } };
        return Assert.IsType<ExecutionResult.Conclusive>(
            await SandboxFixture.RunOnAsync(_sandbox, _threads, module, SandboxFixture.Request(module, "run", invocation)));
    }
}
