;; The same with a length beyond memory. The price comes before the address is looked at.
;; expect: out-of-fuel
;; instructions: = limit
;; calls: = 0
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (memory 1)
  (func (export "run") (result i32) (call $random (i32.const -1) (i32.const -1))))
