;; Polls 4096 clocks in each call, for ever.
;; expect: out-of-fuel
;; instructions: = limit
;; calls: <= 20
(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory 8)
  (func (export "run")
    (loop $again
      (drop (call $poll (i32.const 0) (i32.const 0x30000) (i32.const 4096) (i32.const 0x60000)))
      (br $again))))
