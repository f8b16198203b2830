using System.Buffers.Binary;
using Ailee.Vcp.Client.Tasks;
using Ailee.Vcp.Server.Tests.Hosting;

namespace Ailee.Vcp.Server.Tests.Tasks;

/// <summary>A server that takes larger outputs than the others, and tasks with such.</summary>
public sealed class LargeOutputFixture : ServerFixture
{
    /// <summary>Writes blocks of 4096 bytes and then a tail, all a count of 32 bits, to stdout, to the file <c>big</c>, and its first block to stderr.</summary>
    private const string Guest = """
        (module
          (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
          (memory (export "memory") 1)
          (data (i32.const 0) "big")
          (func $write (param $fd i32) (param $length i32)
            (i32.store (i32.const 16) (i32.const 4096))
            (i32.store (i32.const 20) (local.get $length))
            (drop (call $fd_write (local.get $fd) (i32.const 16) (i32.const 1) (i32.const 24))))
          (func (export "run") (param $blocks i32) (param $tail i32) (local $count i32) (local $at i32) (local $file i32)
            (drop (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 3) (i32.const 9) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 32)))
            (local.set $file (i32.load (i32.const 32)))
            (loop $block
              (local.set $at (i32.const 4096))
              (loop $fill
                (i32.store (local.get $at) (local.get $count))
                (local.set $count (i32.add (local.get $count) (i32.const 1)))
                (br_if $fill (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 4))) (i32.const 8192))))
              (if (i32.le_u (local.get $count) (i32.const 1024)) (then (call $write (i32.const 2) (i32.const 4096))))
              (if (local.get $blocks)
                (then
                  (call $write (i32.const 1) (i32.const 4096))
                  (call $write (local.get $file) (i32.const 4096))
                  (local.set $blocks (i32.sub (local.get $blocks) (i32.const 1)))
                  (br $block))
                (else
                  (call $write (i32.const 1) (local.get $tail))
                  (call $write (local.get $file) (local.get $tail)))))))
        """;

    private readonly Dictionary<int, ComputeTask> _tasks = [];

    internal override ServerSetup Setup => new() { Configuration = new() { ["Sandbox:StdoutBytes"] = "8000000" } };

    /// <summary>The first bytes that the guest writes.</summary>
    public static byte[] Written(int length)
    {
        var bytes = new byte[(length + 3) & ~3];
        for (var at = 0; at < bytes.Length; at += 4)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), at / 4);
        }

        return bytes[..length];
    }

    /// <summary>A decided task whose stdout and file <c>big</c> have a length; the same for each length.</summary>
    public async Task<ComputeTask> RunAsync(int length)
    {
        if (_tasks.TryGetValue(length, out var known))
        {
            return known;
        }

        var request = Calls.Function(await Client.UploadAsync(Guest), "run", length / 4096, length % 4096) with { Outputs = ["**"] };
        var task = await Client.RunAsync(request);
        Assert.Equal((TaskStates.Completed, (long)length), (task.State, task.Result?.Output.SizeBytes));
        return _tasks[length] = task;
    }
}
