;; A reactor whose setting up outlasts the wall time, most of it in host calls.
;; expect: inconclusive timeout
;; limit: instructions 1000000000000
;; limit: timeout-ms 20
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (memory 16)
  (func (export "_initialize") (loop $again (drop (call $random (i32.const 0) (i32.const 1048576))) (br $again)))
  (func (export "run")))
