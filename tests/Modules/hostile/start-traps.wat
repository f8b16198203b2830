;; The start function traps; the entrypoint must not run after it.
;; expect: trapped unreachable
;; stdout: = 0
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory 1)
  (data (i32.const 0) "\00\00\00\00\08\00\00\00")
  (func $start unreachable)
  (start $start)
  (func (export "run") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))))
