;; Its entrypoint is a host function, which is then called with no guest below it.
;; expect: completed
;; results: 0
;; calls: = 1
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
  (memory 1)
  (export "run" (func $yield)))
