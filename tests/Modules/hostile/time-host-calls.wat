;; A loop of cheap host calls that outlasts the wall time.
;; expect: inconclusive timeout
;; limit: instructions 1000000000000
;; limit: timeout-ms 20
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
  (func (export "run") (loop $again (drop (call $yield)) (br $again))))
