;; Exits with the largest code from deep inside; the code is a number without a sign.
;; expect: completed
;; exit: 4294967295
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (func $down (param i32)
    (if (i32.eqz (local.get 0)) (then (call $exit (i32.const -1))))
    (call $down (i32.sub (local.get 0) (i32.const 1))))
  (func (export "run") (call $down (i32.const 500)) unreachable))
