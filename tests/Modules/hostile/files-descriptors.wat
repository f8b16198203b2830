;; Opens the root again and again: 45 times beside the five that are open, then EMFILE. One that is closed is one that can be had.
;; expect: completed
;; results: 45 33 0 33
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (memory 1)
  (data (i32.const 0) ".")
  (func $open (result i32)
    (call $path_open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 2) (i64.const 0x0fbfffbf) (i64.const -1) (i32.const 0) (i32.const 16)))
  (func (export "run") (result i32 i32 i32 i32) (local $count i32) (local $errno i32)
    (block $refused
      (loop $again
        (br_if $refused (local.tee $errno (call $open)))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (br $again)))
    (local.get $count) (local.get $errno)
    (drop (call $close (i32.const 17)))
    (call $open)
    (call $open)))
