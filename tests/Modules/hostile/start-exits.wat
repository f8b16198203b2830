;; The start function exits; nothing after it runs, neither _initialize nor the entrypoint.
;; expect: completed
;; exit: 3
;; calls: = 1
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (func $start (call $exit (i32.const 3)))
  (start $start)
  (func (export "_initialize") unreachable)
  (func (export "run") unreachable))
