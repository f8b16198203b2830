;; Closes all that is open, the standard streams and the root too. Nothing is left that could be opened again.
;; expect: completed
;; results: 5 8 8 8
;; stdout: = 0
(module
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir" (func $readdir (param i32 i32 i32 i64 i32) (result i32)))
  (memory 1)
  (data (i32.const 0) ".")
  (data (i32.const 8) "\00\00\00\00\01\00\00\00")
  (func (export "run") (result i32 i32 i32 i32) (local $fd i32) (local $closed i32)
    (loop $again
      (local.set $closed (i32.add (local.get $closed) (i32.eqz (call $close (local.get $fd)))))
      (br_if $again (i32.lt_u (local.tee $fd (i32.add (local.get $fd) (i32.const 1))) (i32.const 100))))
    (local.get $closed)
    (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16))
    (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 2) (i64.const 0) (i64.const 0) (i32.const 0) (i32.const 100))
    (call $readdir (i32.const 3) (i32.const 200) (i32.const 100) (i64.const 0) (i32.const 100))))
