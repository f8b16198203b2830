;; Reads the root with cookies that never were and with room for nothing: no names, no error, and EFAULT (21) for a wild buffer.
;; expect: completed
;; results: 0 0 0 0 21
(module
  (import "wasi_snapshot_preview1" "fd_readdir" (func $readdir (param i32 i32 i32 i64 i32) (result i32)))
  (memory 1)
  (func (export "run") (result i32 i32 i32 i32 i32)
    (i32.store (i32.const 0) (i32.const 77))
    (call $readdir (i32.const 3) (i32.const 100) (i32.const 1000) (i64.const -1) (i32.const 0))
    (i32.load (i32.const 0))
    (call $readdir (i32.const 3) (i32.const 65536) (i32.const 0) (i64.const 0) (i32.const 0))
    (i32.load (i32.const 0))
    (call $readdir (i32.const 3) (i32.const 65535) (i32.const -1) (i64.const 0) (i32.const 0))))
