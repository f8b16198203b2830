;; Makes directories, each in the last one, until it is refused: entries are bounded, however deep they lie.
;; expect: completed
;; results: 200 51
(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $make (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (memory 1)
  (data (i32.const 0) "d")
  (func (export "run") (result i32 i32) (local $count i32) (local $errno i32) (local $at i32)
    (local.set $at (i32.const 3))
    (block $refused
      (loop $again
        (br_if $refused (local.tee $errno (call $make (local.get $at) (i32.const 0) (i32.const 1))))
        (drop (call $open (local.get $at) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 2) (i64.const 0x0fbfffbf) (i64.const -1) (i32.const 0) (i32.const 16)))
        (drop (call $close (local.get $at)))
        (local.set $at (i32.load (i32.const 16)))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (br $again)))
    (local.get $count) (local.get $errno)))
