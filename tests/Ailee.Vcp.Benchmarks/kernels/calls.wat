;; Makes one host call again and again: run(which, count).
(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_set_size" (func $fd_filestat_set_size (param i32 i64) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 32) "\40\00\00\00\01\00\00\00") ;; a vector of one byte at 64
  (data (i32.const 128) "calls.bin")

  (func $check (param $errno i32)
    (if (local.get $errno) (then unreachable)))

  ;; A new file, with the rights to read, seek, write and set its size.
  (func $open (result i32)
    (call $check (call $path_open (i32.const 3) (i32.const 0) (i32.const 128) (i32.const 9) (i32.const 9)
      (i64.const 0x400046) (i64.const 0) (i32.const 0) (i32.const 0)))
    (i32.load (i32.const 0)))

  (func (export "run") (param $which i32) (param $count i32) (result i32)
    (local $file i32)
    (if (i32.ge_u (local.get $which) (i32.const 2))
      (then
        (local.set $file (call $open))
        (call $check (call $fd_filestat_set_size (local.get $file) (i64.extend_i32_u (local.get $count))))))
    (block $done
      (loop $again
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (block $next
          (block $read
            (block $write
              (block $print
                (block $clock
                  (br_table $clock $print $write $read (local.get $which)))
                (call $check (call $clock_time_get (i32.const 1) (i64.const 1) (i32.const 8)))
                (br $next))
              (call $check (call $fd_write (i32.const 1) (i32.const 32) (i32.const 1) (i32.const 8)))
              (br $next))
            (call $check (call $fd_write (local.get $file) (i32.const 32) (i32.const 1) (i32.const 8)))
            (br $next))
          (call $check (call $fd_read (local.get $file) (i32.const 32) (i32.const 1) (i32.const 8)))
          (if (i32.ne (i32.load (i32.const 8)) (i32.const 1)) (then unreachable)))
        (br $again)))
    (local.get $count)))
