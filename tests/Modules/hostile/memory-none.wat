;; Has no memory at all and hands out addresses in it.
;; expect: completed
;; results: 21 21 21
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
  (func (export "run") (result i32 i32 i32)
    (call $random (i32.const 0) (i32.const 1))
    (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 0))
    (call $sizes (i32.const 0) (i32.const 0))))
