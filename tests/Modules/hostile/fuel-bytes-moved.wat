;; Writes a page to a file again and again in few calls: what is moved is paid by the byte.
;; expect: out-of-fuel
;; instructions: = limit
;; calls: = 77
(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_pwrite" (func $write_at (param i32 i32 i32 i64 i32) (result i32)))
  (memory 1)
  (data (i32.const 0) "f")
  (data (i32.const 8) "\00\00\00\00\00\00\01\00") ;; vector: all of the page
  (func (export "run")
    (drop (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1) (i64.const -1) (i64.const -1) (i32.const 0) (i32.const 16)))
    (loop $again
      (drop (call $write_at (i32.const 5) (i32.const 8) (i32.const 1) (i64.const 0) (i32.const 32)))
      (br $again))))
