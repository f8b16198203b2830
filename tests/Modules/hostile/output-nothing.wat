;; Writes nothing, again and again, to a stream that has no room for more: nothing is still something to pay.
;; expect: out-of-fuel
;; instructions: = limit
;; limit: instructions 200000
;; stderr: = 4096
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory 1)
  (data (i32.const 0) "\10\00\00\00\00\10\00\00") ;; vector: 4096 bytes at 16
  (func (export "run")
    (drop (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8)))
    (loop $again (drop (call $write (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 8))) (br $again))))
