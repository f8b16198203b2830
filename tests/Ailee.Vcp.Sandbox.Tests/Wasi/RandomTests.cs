using System.Buffers.Binary;
using System.Security.Cryptography;
using Ailee.Vcp.Core.Execution;

namespace Ailee.Vcp.Sandbox.Tests.Wasi;

public sealed class RandomTests(SandboxFixture fixture)
{
    private static readonly byte[] Seed = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    [Fact]
    public async Task RandomGet_OneRequest_IsTheDocumentedStream()
    {
        var bytes = await RandomAsync(Seed, 100);

        Assert.Equal(Stream(Seed, 100), bytes);
    }

    [Fact]
    public async Task RandomGet_ManyRequests_ContinueTheStream()
    {
        var bytes = await RandomAsync(Seed, 1, 31, 32, 0, 33, 5, 64, 7);

        Assert.Equal(Stream(Seed, 173), bytes);
    }

    [Fact]
    public async Task RandomGet_MoreThanAPart_IsTheSameStream()
    {
        // The host fills in parts of 1 MiB; the guest must not see where they meet.
        const int Length = (1024 * 1024) + 100;
        var invocation = SandboxFixture.Function() with { Seed = Seed, Limits = SandboxFixture.DefaultLimits with { StdoutBytes = 2 * 1024 * 1024 } };

        var result = await fixture.ConcludeAsync(
            $$"""
            (module
              (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
              (memory (export "memory") 32)
              (func (export "run") (result i32)
                (drop (call $random (i32.const 64) (i32.const {{Length}})))
                (i32.store (i32.const 0) (i32.const 64))
                (i32.store (i32.const 4) (i32.const {{Length}}))
                (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
            """,
            invocation: invocation);

        Assert.Equal(Stream(Seed, Length), result.Stdout.ToArray());
    }

    [Fact]
    public async Task RandomGet_SameSeed_SameBytes()
    {
        Assert.Equal(await RandomAsync(Seed, 64), await RandomAsync(Seed, 64));
    }

    [Fact]
    public async Task RandomGet_OtherSeed_OtherBytes()
    {
        byte[] other = [.. Seed[..31], 33];

        Assert.NotEqual(await RandomAsync(Seed, 64), await RandomAsync(other, 64));
    }

    [Fact]
    public async Task RandomGet_DefaultSeed_IsThatOfZeros()
    {
        var run = await new GuestScript().Call("random_get", 0, 64).Dump(0, 64).RunAsync(fixture);

        Assert.Equal(Stream(new byte[32], 64), run.Dumped);
    }

    [Fact]
    public async Task RandomGet_OutOfMemory_FaultAndTheStreamStands()
    {
        var run = await new GuestScript()
            .Call("random_get", GuestScript.MemoryBytes - 3, 4)
            .Call("random_get", 0, 32)
            .Dump(0, 32)
            .RunAsync(fixture, SandboxFixture.Function() with { Seed = Seed });

        Assert.Equal([Errno.Fault, 0], run.Errnos);
        Assert.Equal(Stream(Seed, 32), run.Dumped);
    }

    private async Task<byte[]> RandomAsync(byte[] seed, params int[] lengths)
    {
        var script = new GuestScript();
        var at = 0;
        foreach (var length in lengths)
        {
            script.Call("random_get", at, length);
            at += length;
        }

        var run = await script.Dump(0, at).RunAsync(fixture, new Invocation { Seed = seed, Limits = SandboxFixture.DefaultLimits });

        Assert.All(run.Errnos, errno => Assert.Equal(0, errno));
        return run.Dumped;
    }

    // SHA-256("vcp-random-v1" ‖ seed ‖ block number, 8 bytes big-endian), block after block.
    private static byte[] Stream(byte[] seed, int length)
    {
        var stream = new List<byte>();
        for (ulong block = 0; stream.Count < length; block++)
        {
            var number = new byte[8];
            BinaryPrimitives.WriteUInt64BigEndian(number, block);
            stream.AddRange(SHA256.HashData([.. "vcp-random-v1"u8, .. seed, .. number]));
        }

        return [.. stream.Take(length)];
    }
}
