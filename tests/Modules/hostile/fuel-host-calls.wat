;; Calls the host for ever.
;; expect: out-of-fuel
;; instructions: = limit
;; limit: instructions 100000
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
  (func (export "run") (loop $again (drop (call $yield)) (br $again))))
