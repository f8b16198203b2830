;; Gives rights away and takes them back (76), opens with less and asks for more (76), writes to what it may only read (8).
;; expect: completed
;; results: 0 76 0 76 8
(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_set_rights" (func $rights (param i32 i64 i64) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory 1)
  (data (i32.const 0) "f")
  (func (export "run") (result i32 i32 i32 i32 i32)
    (drop (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 100)))
    (call $rights (i32.const 4) (i64.const 0) (i64.const 0))
    (call $rights (i32.const 4) (i64.const 2) (i64.const 0))
    (call $rights (i32.const 5) (i64.const 2) (i64.const 0))
    (call $rights (i32.const 5) (i64.const 66) (i64.const 0))
    (call $write (i32.const 5) (i32.const 200) (i32.const 0) (i32.const 208))))
