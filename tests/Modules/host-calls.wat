;; Calls the host as often as it is told, at least once: what every call costs, and what a long trace needs.
(module
  (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "yields") (param $left i32)
    (loop $again
      (drop (call $yield))
      (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1))))))
  (func (export "clocks") (param $left i32)
    (loop $again
      (drop (call $clock (i32.const 1) (i64.const 0) (i32.const 0)))
      (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))))
