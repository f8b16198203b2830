;; Removes a directory that is open and makes files in it, where no name could ever reach them: ENOENT (44).
;; expect: completed
;; results: 0 44 44 44
(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $make (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_remove_directory" (func $remove (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_symlink" (func $symlink (param i32 i32 i32 i32 i32) (result i32)))
  (memory 1)
  (data (i32.const 0) "d")
  (func (export "run") (result i32 i32 i32 i32)
    (drop (call $make (i32.const 3) (i32.const 0) (i32.const 1)))
    (drop (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 2) (i64.const 0x0fbfffbf) (i64.const -1) (i32.const 0) (i32.const 100)))
    (call $remove (i32.const 3) (i32.const 0) (i32.const 1))
    (call $make (i32.const 5) (i32.const 0) (i32.const 1))
    (call $open (i32.const 5) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1) (i64.const -1) (i64.const -1) (i32.const 0) (i32.const 100))
    (call $symlink (i32.const 0) (i32.const 1) (i32.const 5) (i32.const 0) (i32.const 1))))
