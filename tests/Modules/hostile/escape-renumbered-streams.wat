;; Moves the root over stdin and a file over stdout: what is written to 1 then is in the file, and stdout stays empty.
;; expect: completed
;; results: 0 0 0 5 31
;; stdout: = 0
(module
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_renumber" (func $renumber (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_tell" (func $tell (param i32 i32) (result i32)))
  (memory 1)
  (data (i32.const 0) "f")
  (data (i32.const 8) "\00\00\00\00\05\00\00\00") ;; vector: five bytes
  (func (export "run") (result i32 i32 i32 i64 i32)
    (drop (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1) (i64.const -1) (i64.const -1) (i32.const 0) (i32.const 100)))
    (call $renumber (i32.const 5) (i32.const 1))
    (call $renumber (i32.const 3) (i32.const 0))
    (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16))
    (drop (call $tell (i32.const 1) (i32.const 200)))
    (i64.load (i32.const 200))
    (call $read (i32.const 0) (i32.const 8) (i32.const 1) (i32.const 16))))
