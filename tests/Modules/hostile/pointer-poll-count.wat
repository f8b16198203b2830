;; Polls nothing, and more than there could be: EINVAL (28), whatever the count wraps to.
;; expect: completed
;; results: 28 28 28
(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory 1)
  (func (export "run") (result i32 i32 i32)
    (call $poll (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
    (call $poll (i32.const 0) (i32.const 0) (i32.const 0x08000000) (i32.const 0))
    (call $poll (i32.const 0) (i32.const 0) (i32.const -1) (i32.const 0))))
