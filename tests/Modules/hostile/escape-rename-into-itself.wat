;; Moves a directory below itself, over its parent, over itself, and the root anywhere: EINVAL (28), ENOTEMPTY (55), nothing, EINVAL.
;; expect: completed
;; results: 28 55 0 28
(module
  (import "wasi_snapshot_preview1" "path_create_directory" (func $make (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_rename" (func $rename (param i32 i32 i32 i32 i32 i32) (result i32)))
  (memory 1)
  (data (i32.const 0) "a/b/c")
  (data (i32.const 10) ".")
  (func (export "run") (result i32 i32 i32 i32)
    (drop (call $make (i32.const 3) (i32.const 0) (i32.const 1)))
    (drop (call $make (i32.const 3) (i32.const 0) (i32.const 3)))
    (call $rename (i32.const 3) (i32.const 0) (i32.const 1) (i32.const 3) (i32.const 0) (i32.const 5))
    (call $rename (i32.const 3) (i32.const 0) (i32.const 3) (i32.const 3) (i32.const 0) (i32.const 1))
    (call $rename (i32.const 3) (i32.const 0) (i32.const 1) (i32.const 3) (i32.const 0) (i32.const 1))
    (call $rename (i32.const 3) (i32.const 10) (i32.const 1) (i32.const 3) (i32.const 0) (i32.const 1))))
