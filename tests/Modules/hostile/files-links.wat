;; Gives one file name after name: hard links take entries too.
;; expect: completed
;; results: 199 51
(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_link" (func $link (param i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (memory 1)
  (data (i32.const 0) "f")
  (func (export "run") (result i32 i32) (local $count i32) (local $errno i32)
    (drop (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1) (i64.const -1) (i64.const -1) (i32.const 0) (i32.const 16)))
    (memory.fill (i32.const 8) (i32.const 97) (i32.const 5))
    (block $refused
      (loop $again
        (br_if $refused (local.tee $errno (call $link (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 3) (i32.const 8) (i32.const 5))))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (i32.store8 (i32.const 12) (i32.add (i32.const 65) (i32.and (local.get $count) (i32.const 15))))
        (i32.store8 (i32.const 11) (i32.add (i32.const 65) (i32.shr_u (local.get $count) (i32.const 4))))
        (br $again)))
    (local.get $count) (local.get $errno)))
