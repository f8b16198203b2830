;; Waits for 4096 clocks at once, a century each, again and again: nobody sleeps, and the real deadline holds.
;; expect: inconclusive timeout
;; limit: instructions 1000000000000
;; limit: timeout-ms 20
(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory 8)
  (func (export "run") (local $at i32)
    (loop $fill
      (i64.store offset=24 (local.get $at) (i64.const 3155760000000000000))
      (br_if $fill (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 48))) (i32.const 196608))))
    (loop $again
      (drop (call $poll (i32.const 0) (i32.const 0x30000) (i32.const 4096) (i32.const 0x60000)))
      (br $again))))
