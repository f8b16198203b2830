;; Puts stderr in the place of stdout, to write under the other limit. The stream brings its own with it.
;; expect: output-limit
;; stdout: = 0
;; stderr: = limit
(module
  (import "wasi_snapshot_preview1" "fd_renumber" (func $renumber (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory 1)
  (data (i32.const 0) "\10\00\00\00\e7\03\00\00") ;; vector: 999 bytes at 16
  (func (export "run")
    (drop (call $renumber (i32.const 2) (i32.const 1)))
    (loop $again (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))) (br $again))))
