;; Lets the events of a poll fall over its subscriptions, and their number over both.
;; expect: completed
;; results: 0 2
(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory 1)
  (data (i32.const 8) "\02") ;; to write
  (data (i32.const 16) "\01") ;; to stdout
  (data (i32.const 56) "\02")
  (data (i32.const 64) "\02") ;; to stderr
  (func (export "run") (result i32 i32)
    (call $poll (i32.const 0) (i32.const 0) (i32.const 2) (i32.const 0))
    (i32.load (i32.const 0))))
