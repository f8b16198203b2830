;; Uses the stack up with a host call at every depth: the host function needs stack too, and must never be the one that overflows.
;; expect: inconclusive stack-limit
;; limit: instructions 1000000000
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (memory 1)
  (func $f (export "run")
    (drop (call $random (i32.const 0) (i32.const 32)))
    (call $f)))
