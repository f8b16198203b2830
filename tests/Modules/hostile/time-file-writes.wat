;; Writes 15 MB into one file and cuts it off again, for ever.
;; expect: inconclusive timeout
;; limit: instructions 1000000000000
;; limit: timeout-ms 50
(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_pwrite" (func $write_at (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_set_size" (func $resize (param i32 i64) (result i32)))
  (memory 256)
  (data (i32.const 0) "f")
  (data (i32.const 8) "\00\00\00\00\00\00\f0\00") ;; vector: 15 728 640 bytes
  (func (export "run")
    (drop (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1) (i64.const -1) (i64.const -1) (i32.const 0) (i32.const 16)))
    (loop $again
      (drop (call $write_at (i32.const 5) (i32.const 8) (i32.const 1) (i64.const 0) (i32.const 32)))
      (drop (call $resize (i32.const 5) (i64.const 0)))
      (br $again))))
