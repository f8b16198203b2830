;; Sleeps for 584 years, twice. Its own clock stands at the end of time, nobody else's.
;; expect: completed
;; results: -1
;; calls: = 3
(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
  (memory 1)
  (func (export "run") (result i64)
    (i64.store (i32.const 24) (i64.const -1))
    (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))
    (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))
    (drop (call $time (i32.const 1) (i64.const 0) (i32.const 200)))
    (i64.load (i32.const 200))))
