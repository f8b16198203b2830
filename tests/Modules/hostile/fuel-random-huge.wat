;; One host call for more random bytes than its instructions pay for: it gets none of them.
;; expect: out-of-fuel
;; instructions: = limit
;; calls: = 0
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (memory 16)
  (func (export "run") (result i32) (call $random (i32.const 0) (i32.const 1048576))))
