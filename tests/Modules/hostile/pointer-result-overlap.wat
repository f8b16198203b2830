;; Has the number of bytes written over the vector that is being written: what goes out is what was there before.
;; expect: completed
;; results: 0 8
;; stdout: = 8
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory 1)
  (data (i32.const 0) "\00\00\00\00\08\00\00\00") ;; vector: itself
  (func (export "run") (result i32 i32)
    (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 0))
    (i32.load (i32.const 0))))
