namespace Ailee.Vcp.Server.Tests.Hosting;

/// <summary>Guests as text.</summary>
internal static class Guests
{
    public const string Math = """
        (module
          (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
          (func (export "add64") (param i64 i64) (result i64) (i64.add (local.get 0) (local.get 1)))
          (func (export "half32") (param f32) (result f32) (f32.div (local.get 0) (f32.const 2)))
          (func (export "half") (param f64) (result f64) (f64.div (local.get 0) (f64.const 2)))
          (func (export "swap") (param i32 i64) (result i64 i32) (local.get 1) (local.get 0))
          (func (export "nothing")))
        """;

    /// <summary>Writes its arguments and variables as the host hands them over, each ended by NUL, then all of stdin; exits with the number of arguments.</summary>
    public const string Show = """
        (module
          (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "environ_sizes_get" (func $env_sizes (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "environ_get" (func $env (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 8)
          (func $out (param $at i32) (param $length i32)
            (i32.store (i32.const 16) (local.get $at))
            (i32.store (i32.const 20) (local.get $length))
            (drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 24))))
          (func (export "_start")
            (drop (call $args_sizes (i32.const 0) (i32.const 4)))
            (drop (call $args (i32.const 1024) (i32.const 65536)))
            (call $out (i32.const 65536) (i32.load (i32.const 4)))
            (drop (call $env_sizes (i32.const 8) (i32.const 12)))
            (drop (call $env (i32.const 1024) (i32.const 65536)))
            (call $out (i32.const 65536) (i32.load (i32.const 12)))
            (loop $more
              (i32.store (i32.const 16) (i32.const 65536))
              (i32.store (i32.const 20) (i32.const 65536))
              (drop (call $read (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 28)))
              (call $out (i32.const 65536) (i32.load (i32.const 28)))
              (br_if $more (i32.load (i32.const 28))))
            (call $exit (i32.load (i32.const 0)))))
        """;

    /// <summary>Copies <c>app/in.txt</c> of its root to <c>out/copy.txt</c> and <c>out/again.txt</c>; exits with the errno of what fails.</summary>
    public const string Copy = """
        (module
          (import "wasi_snapshot_preview1" "path_create_directory" (func $mkdir (param i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
          (memory (export "memory") 1)
          (data (i32.const 0) "app/in.txt")
          (data (i32.const 32) "out/copy.txt")
          (data (i32.const 64) "out/again.txt")
          (func $check (param i32) (if (local.get 0) (then (call $exit (local.get 0)))))
          (func $save (param $name i32) (param $length i32)
            (call $check (call $open (i32.const 3) (i32.const 0) (local.get $name) (local.get $length) (i32.const 9) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 128)))
            (call $check (call $write (i32.load (i32.const 128)) (i32.const 132) (i32.const 1) (i32.const 144))))
          (func (export "_start")
            (call $check (call $open (i32.const 3) (i32.const 1) (i32.const 0) (i32.const 10) (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 128)))
            (i32.store (i32.const 132) (i32.const 1024))
            (i32.store (i32.const 136) (i32.const 60000))
            (call $check (call $read (i32.load (i32.const 128)) (i32.const 132) (i32.const 1) (i32.const 140)))
            (i32.store (i32.const 136) (i32.load (i32.const 140)))
            (call $check (call $mkdir (i32.const 3) (i32.const 32) (i32.const 3)))
            (call $save (i32.const 32) (i32.const 12))
            (call $save (i32.const 64) (i32.const 13))))
        """;

    /// <summary>Functions of bytes: the input <c>reverse</c>d, all <c>variables</c>, each ended by NUL, and one with a result <c>outside</c> of memory.</summary>
    public const string Bytes = """
        (module
          (import "wasi_snapshot_preview1" "environ_sizes_get" (func $env_sizes (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "environ_get" (func $env (param i32 i32) (result i32)))
          (memory (export "memory") 1)
          (func (export "alloc") (param i32) (result i32) (i32.const 1024))
          (func (export "dealloc") (param i32 i32))
          (func (export "reverse") (param $input i32) (param $length i32) (result i64)
            (local $at i32)
            (block $done
              (loop $more
                (br_if $done (i32.eq (local.get $at) (local.get $length)))
                (i32.store8
                  (i32.sub (i32.add (i32.const 32767) (local.get $length)) (local.get $at))
                  (i32.load8_u (i32.add (local.get $input) (local.get $at))))
                (local.set $at (i32.add (local.get $at) (i32.const 1)))
                (br $more)))
            (i64.or
              (i64.shl (i64.extend_i32_u (select (i32.const 32768) (local.get $input) (local.get $length))) (i64.const 32))
              (i64.extend_i32_u (local.get $length))))
          (func (export "variables") (param i32 i32) (result i64)
            (drop (call $env_sizes (i32.const 0) (i32.const 4)))
            (drop (call $env (i32.const 8) (i32.const 32768)))
            (i64.or (i64.const 0x800000000000) (i64.extend_i32_u (i32.load (i32.const 4)))))
          (func (export "outside") (param i32 i32) (result i64) (i64.const 0x10000_00000001)))
        """;

    public const string EndlessLoop = """(module (func (export "run") (loop br 0)))""";

    public const string StackBomb = """(module (func $f (export "run") (call $f)))""";

    /// <summary>Writes 1000 bytes at a time without end: <c>out</c> to stdout, <c>err</c> to stderr. <c>some</c> writes as often as it is told, to stdout.</summary>
    public const string Flood = """
        (module
          (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
          (memory (export "memory") 1)
          (data (i32.const 0) "\10\00\00\00\e8\03\00\00")
          (func (export "out") (loop $more (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))) (br $more)))
          (func (export "err") (loop $more (drop (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8))) (br $more)))
          (func (export "some") (param $left i32)
            (loop $more
              (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
              (local.set $left (i32.sub (local.get $left) (i32.const 1)))
              (br_if $more (local.get $left))))
          (func (export "_start")))
        """;

    /// <summary>An export for each trap, under the trap's stable name.</summary>
    public const string Traps = """
        (module
          (type $none (func))
          (type $one (func (param i32)))
          (memory 1)
          (table 2 2 funcref)
          (elem (i32.const 1) $other)
          (func $other (type $one))
          (func (export "unreachable") unreachable)
          (func (export "memory-out-of-bounds") (drop (i32.load (i32.const -4))))
          (func (export "table-out-of-bounds") (call_indirect (type $none) (i32.const 2)))
          (func (export "indirect-call-to-null") (call_indirect (type $none) (i32.const 0)))
          (func (export "bad-signature") (call_indirect (type $none) (i32.const 1)))
          (func (export "integer-overflow") (drop (i32.div_s (i32.const 0x80000000) (i32.const -1))))
          (func (export "integer-division-by-zero") (drop (i32.div_u (i32.const 1) (i32.const 0))))
          (func (export "bad-conversion-to-integer") (drop (i32.trunc_f32_s (f32.const nan)))))
        """;

    /// <summary>A module like no other, for tests that need one of their own on a shared server.</summary>
    public static string Unique(int number) => $$"""(module (func (export "run") (result i32) (i32.const {{number}})))""";
}
