;; One host call for 250 MB of randomness, which takes seconds: the deadline holds inside it.
;; expect: inconclusive timeout
;; limit: instructions 1000000000000
;; limit: memory 268435456
;; limit: timeout-ms 20
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (memory 4096)
  (func (export "run") (result i32) (call $random (i32.const 0) (i32.const 250000000))))
