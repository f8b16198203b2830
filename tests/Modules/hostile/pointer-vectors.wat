;; Vectors whose pointer and length wrap, whose lengths add up to more than 32 bits, and more of them than may be (28).
;; expect: completed
;; results: 21 21 21 28 28
;; stdout: = 0
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory 1)
  (data (i32.const 0) "\ff\ff\ff\ff\ff\ff\ff\ff")
  (data (i32.const 8) "\ff\ff\00\00\02\00\00\00")
  (data (i32.const 16) "\00\00\00\00\01\00\00\00")
  (func (export "run") (result i32 i32 i32 i32 i32)
    (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 100))
    (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 100))
    (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 65533))
    (call $write (i32.const 1) (i32.const 16) (i32.const 1025) (i32.const 100))
    (call $write (i32.const 1) (i32.const 16) (i32.const 0x20000001) (i32.const 100))))
