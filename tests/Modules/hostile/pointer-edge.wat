;; Asks for answers at the last bytes of memory: what fits is given, one byte less is EFAULT (21), and so is an end that wraps.
;; expect: completed
;; results: 0 21 21 0 21
(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (memory 1)
  (func (export "run") (result i32 i32 i32 i32 i32)
    (call $time (i32.const 0) (i64.const 0) (i32.const 65528))
    (call $time (i32.const 0) (i64.const 0) (i32.const 65529))
    (call $time (i32.const 0) (i64.const 0) (i32.const -1))
    (call $random (i32.const 65536) (i32.const 0))
    (call $random (i32.const 65535) (i32.const 2))))
