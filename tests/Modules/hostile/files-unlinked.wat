;; Hides bytes in files without a name: each is removed while it is open and stays as long as it is. They count all the same.
;; expect: completed
;; results: 10 51
;; limit: scratch 10500
(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_unlink_file" (func $unlink (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_set_size" (func $resize (param i32 i64) (result i32)))
  (memory 1)
  (data (i32.const 0) "f")
  (func (export "run") (result i32 i32) (local $count i32) (local $errno i32)
    (block $refused
      (loop $again
        (drop (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1) (i64.const -1) (i64.const -1) (i32.const 0) (i32.const 16)))
        (drop (call $unlink (i32.const 3) (i32.const 0) (i32.const 1)))
        (br_if $refused (local.tee $errno (call $resize (i32.load (i32.const 16)) (i64.const 1000))))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (br $again)))
    (local.get $count) (local.get $errno)))
