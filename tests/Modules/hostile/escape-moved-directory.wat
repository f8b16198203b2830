;; Opens a directory, moves it elsewhere, and goes up from it: what is open is a root of its own, wherever it lies (63).
;; expect: completed
;; results: 0 63 63
(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $make (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_rename" (func $rename (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $stat (param i32 i32 i32 i32 i32) (result i32)))
  (memory 1)
  (data (i32.const 0) "a/b")
  (data (i32.const 10) "c")
  (data (i32.const 20) "../a")
  (func (export "run") (result i32 i32 i32)
    (drop (call $make (i32.const 3) (i32.const 0) (i32.const 1)))
    (drop (call $make (i32.const 3) (i32.const 0) (i32.const 3)))
    (drop (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 3) (i32.const 2) (i64.const 0x0fbfffbf) (i64.const -1) (i32.const 0) (i32.const 100)))
    (call $rename (i32.const 3) (i32.const 0) (i32.const 3) (i32.const 3) (i32.const 10) (i32.const 1))
    (call $stat (i32.const 5) (i32.const 1) (i32.const 20) (i32.const 4) (i32.const 1000))
    (call $stat (i32.const 5) (i32.const 1) (i32.const 20) (i32.const 2) (i32.const 1000))))
