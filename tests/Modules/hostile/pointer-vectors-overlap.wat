;; Reads a file over the very vectors that say where it goes. The second one then says 0xffffffff twice and is empty.
;; expect: completed
;; results: 0 8
(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_pwrite" (func $write_at (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_pread" (func $read_at (param i32 i32 i32 i64 i32) (result i32)))
  (memory 1)
  (data (i32.const 0) "f")
  (data (i32.const 16) "\e8\03\00\00\40\00\00\00") ;; vector: 64 bytes at 1000
  (data (i32.const 32) "\28\00\00\00\08\00\00\00\d0\07\00\00\38\00\00\00") ;; vectors: 8 bytes at 40, over the second; 56 at 2000
  (func (export "run") (result i32 i32)
    (memory.fill (i32.const 1000) (i32.const 0xff) (i32.const 64))
    (drop (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1) (i64.const -1) (i64.const -1) (i32.const 0) (i32.const 100)))
    (drop (call $write_at (i32.const 5) (i32.const 16) (i32.const 1) (i64.const 0) (i32.const 100)))
    (call $read_at (i32.const 5) (i32.const 32) (i32.const 2) (i64.const 0) (i32.const 200))
    (i32.load (i32.const 200))))
