;; Appends a thousand bytes at a time until it is refused: 100 times, with ENOSPC.
;; expect: completed
;; results: 100 51
;; limit: scratch 100500
(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory 1)
  (data (i32.const 0) "f")
  (data (i32.const 8) "\00\10\00\00\e8\03\00\00") ;; vector: 1000 bytes at 4096
  (func (export "run") (result i32 i32) (local $count i32) (local $errno i32)
    (drop (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1) (i64.const -1) (i64.const -1) (i32.const 1) (i32.const 16)))
    (block $refused
      (loop $again
        (br_if $refused (local.tee $errno (call $write (i32.const 5) (i32.const 8) (i32.const 1) (i32.const 32))))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (br $again)))
    (local.get $count) (local.get $errno)))
