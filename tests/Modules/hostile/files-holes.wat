;; Makes files long without writing them: ENOSPC for what is too long, EINVAL for what is negative, and the rest still fits.
;; expect: completed
;; results: 51 28 51 28 51 0 51
;; limit: scratch 100000
(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_pwrite" (func $write_at (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_set_size" (func $resize (param i32 i64) (result i32)))
  (import "wasi_snapshot_preview1" "fd_allocate" (func $allocate (param i32 i64 i64) (result i32)))
  (memory 1)
  (data (i32.const 0) "f")
  (data (i32.const 8) "\00\00\00\00\01\00\00\00") ;; vector: one byte
  (func (export "run") (result i32 i32 i32 i32 i32 i32 i32)
    (drop (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1) (i64.const -1) (i64.const -1) (i32.const 0) (i32.const 16)))
    (call $resize (i32.const 5) (i64.const 0x7fffffffffffffff))
    (call $resize (i32.const 5) (i64.const -1))
    (call $write_at (i32.const 5) (i32.const 8) (i32.const 1) (i64.const 0x4000000000000000) (i32.const 32))
    (call $write_at (i32.const 5) (i32.const 8) (i32.const 1) (i64.const -1) (i32.const 32))
    (call $allocate (i32.const 5) (i64.const 1) (i64.const 100000))
    (call $resize (i32.const 5) (i64.const 100000))
    (call $write_at (i32.const 5) (i32.const 8) (i32.const 1) (i64.const 100000) (i32.const 32))))
