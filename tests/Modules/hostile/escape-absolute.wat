;; Opens, makes, moves and links what begins with a slash: EPERM (63), for the host's root is not the guest's.
;; expect: completed
;; results: 63 63 63 63 63
(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $make (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_rename" (func $rename (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_symlink" (func $symlink (param i32 i32 i32 i32 i32) (result i32)))
  (memory 1)
  (data (i32.const 0) "/etc/passwd")
  (data (i32.const 20) "a")
  (func (export "run") (result i32 i32 i32 i32 i32)
    (call $open (i32.const 3) (i32.const 1) (i32.const 0) (i32.const 11) (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 100))
    (call $make (i32.const 3) (i32.const 0) (i32.const 11))
    (drop (call $make (i32.const 3) (i32.const 20) (i32.const 1)))
    (call $rename (i32.const 3) (i32.const 20) (i32.const 1) (i32.const 3) (i32.const 0) (i32.const 11))
    (call $rename (i32.const 3) (i32.const 0) (i32.const 11) (i32.const 3) (i32.const 20) (i32.const 1))
    (call $symlink (i32.const 0) (i32.const 11) (i32.const 3) (i32.const 20) (i32.const 1))))
