;; Shuts down, accepts and raises: there is no network (57 on a stream, 8 where nothing is open) and nobody to signal (58).
;; expect: completed
;; results: 57 8 58
(module
  (import "wasi_snapshot_preview1" "sock_shutdown" (func $shutdown (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_raise" (func $raise (param i32) (result i32)))
  (memory 1)
  (func (export "run") (result i32 i32 i32)
    (call $shutdown (i32.const 0) (i32.const 3))
    (call $accept (i32.const 99) (i32.const 0) (i32.const 0))
    (call $raise (i32.const 9))))
