;; Touches everything that could differ between two runs: clocks, randomness, arguments, environment, stdin, polling, floats that
;; make NaNs, SIMD, growth of memory and tables, and a lot of plain computing in between. All of it ends up on stdout.
(module
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $environ_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (table 1 funcref)
  (global $started (mut i32) (i32.const 0))
  (data (i32.const 0) "\00\10\00\00\00\10\00\00") ;; vector: 4096 bytes at 4096
  (data (i32.const 8) "\00\02\00\00\00\0c\00\00") ;; vector: 3072 bytes at 512, stdin
  (data (i32.const 96) "\07\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\01\00\00\00\00\00\00\00\40\42\0f\00\00\00\00\00") ;; 1 ms

  ;; A start function, so that the counting of its work is compared as well.
  (func $start
    (global.set $started (call $mix (i32.const 1) (i32.const 1000))))
  (start $start)

  (func $mix (param $value i32) (param $rounds i32) (result i32)
    (loop $again
      (local.set $value (i32.rotl (i32.mul (i32.xor (local.get $value) (local.get $rounds)) (i32.const 0x01000193)) (i32.const 7)))
      (br_if $again (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
    (local.get $value))

  (func (export "_start") (local $i i32)
    (drop (call $args_get (i32.const 4096) (i32.const 4160)))
    (drop (call $environ_get (i32.const 4352) (i32.const 4416)))
    (drop (call $fd_read (i32.const 0) (i32.const 8) (i32.const 1) (i32.const 16)))
    (drop (call $random_get (i32.const 4608) (i32.const 256)))
    (drop (call $poll_oneoff (i32.const 96) (i32.const 4864) (i32.const 1) (i32.const 4900)))
    (loop $readings
      (drop (call $clock_time_get (i32.and (local.get $i) (i32.const 3)) (i64.const 1) (i32.add (i32.const 4912) (i32.mul (local.get $i) (i32.const 8)))))
      (br_if $readings (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 16))))
    (f32.store (i32.const 5120) (f32.div (f32.const 0) (f32.const 0)))
    (f64.store (i32.const 5124) (f64.sqrt (f64.const -1)))
    (f64.store (i32.const 5132) (f64.sub (f64.const inf) (f64.const inf)))
    (v128.store (i32.const 5140) (f32x4.div (v128.const f32x4 0 1 2 -0) (v128.const f32x4 0 3 0 -0)))
    (v128.store (i32.const 5156) (i8x16.relaxed_swizzle (v128.load (i32.const 4608)) (v128.load (i32.const 4624))))
    (v128.store (i32.const 5172) (f32x4.relaxed_madd (v128.load (i32.const 5140)) (v128.const f32x4 1.1 1.2 1.3 1.4) (v128.const f32x4 1e-8 1 1 1)))
    (i32.store (i32.const 5188) (memory.grow (i32.const 1000)))
    (i32.store (i32.const 5192) (memory.grow (i32.const 3)))
    (i32.store (i32.const 5196) (table.grow (ref.func $mix) (i32.const 20)))
    (i32.store (i32.const 5200) (global.get $started))
    (i32.store (i32.const 5204) (call $mix (i32.load (i32.const 4608)) (i32.const 20000)))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 2) (i32.const 16))))
  (elem declare func $mix))
