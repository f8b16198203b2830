;; Writes to stderr for ever; what went to stdout before is kept.
;; expect: output-limit
;; stdout: = 999
;; stderr: = limit
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory 1)
  (data (i32.const 0) "\10\00\00\00\e7\03\00\00") ;; vector: 999 bytes at 16
  (func (export "run")
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (loop $again (drop (call $write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8))) (br $again))))
