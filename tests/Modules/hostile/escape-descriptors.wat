;; Descriptors that never were: negative, enormous, just past the end. EBADF (8), also as the target of a renumbering.
;; expect: completed
;; results: 8 8 8 8 8
(module
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_renumber" (func $renumber (param i32 i32) (result i32)))
  (func (export "run") (result i32 i32 i32 i32 i32)
    (call $close (i32.const -1))
    (call $close (i32.const 0x80000000))
    (call $close (i32.const 5))
    (call $renumber (i32.const 3) (i32.const 0x7fffffff))
    (call $renumber (i32.const -1) (i32.const 3))))
