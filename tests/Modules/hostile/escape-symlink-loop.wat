;; Links that lead to each other, to themselves, and to themselves twice: ELOOP (32), after a bounded number of steps.
;; expect: completed
;; results: 32 32 32
;; instructions: <= 20000
(module
  (import "wasi_snapshot_preview1" "path_symlink" (func $symlink (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $stat (param i32 i32 i32 i32 i32) (result i32)))
  (memory 1)
  (data (i32.const 0) "a")
  (data (i32.const 10) "b")
  (data (i32.const 20) "c/../c/../c/../c")
  (func (export "run") (result i32 i32 i32)
    (drop (call $symlink (i32.const 0) (i32.const 1) (i32.const 3) (i32.const 10) (i32.const 1)))
    (drop (call $symlink (i32.const 10) (i32.const 1) (i32.const 3) (i32.const 0) (i32.const 1)))
    (drop (call $symlink (i32.const 20) (i32.const 16) (i32.const 3) (i32.const 20) (i32.const 1)))
    (call $stat (i32.const 3) (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 1000))
    (call $stat (i32.const 3) (i32.const 1) (i32.const 10) (i32.const 1) (i32.const 1000))
    (call $stat (i32.const 3) (i32.const 1) (i32.const 20) (i32.const 1) (i32.const 1000))))
