;; A link to "..", which can be made, and every way through it: EPERM (63), also from a directory below where it would be inside.
;; expect: completed
;; results: 0 63 63 0 0 63
(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $make (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_symlink" (func $symlink (param i32 i32 i32 i32 i32) (result i32)))
  (memory 1)
  (data (i32.const 0) "..")
  (data (i32.const 10) "out/etc/passwd")
  (data (i32.const 30) "d/up")
  (func (export "run") (result i32 i32 i32 i32 i32 i32)
    (call $symlink (i32.const 0) (i32.const 2) (i32.const 3) (i32.const 10) (i32.const 3))
    (call $open (i32.const 3) (i32.const 1) (i32.const 10) (i32.const 14) (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 100))
    (call $make (i32.const 3) (i32.const 10) (i32.const 7))
    (drop (call $make (i32.const 3) (i32.const 30) (i32.const 1)))
    (call $symlink (i32.const 0) (i32.const 2) (i32.const 3) (i32.const 30) (i32.const 4))
    ;; From the root d/up is the root; from d itself it leads out.
    (call $open (i32.const 3) (i32.const 1) (i32.const 30) (i32.const 4) (i32.const 2) (i64.const 0x0fbfffbf) (i64.const -1) (i32.const 0) (i32.const 100))
    (drop (call $open (i32.const 3) (i32.const 1) (i32.const 30) (i32.const 1) (i32.const 2) (i64.const 0x0fbfffbf) (i64.const -1) (i32.const 0) (i32.const 104)))
    (call $open (i32.load (i32.const 104)) (i32.const 1) (i32.const 32) (i32.const 2) (i32.const 2) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 100))))
