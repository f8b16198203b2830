;; Lists a directory of 200 names from the start again and again, with room for one byte of them.
;; expect: inconclusive timeout
;; limit: instructions 1000000000000
;; limit: timeout-ms 50
(module
  (import "wasi_snapshot_preview1" "path_create_directory" (func $make (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir" (func $readdir (param i32 i32 i32 i64 i32) (result i32)))
  (memory 1)
  (func (export "run") (local $name i32)
    (local.set $name (i32.const 0x6161))
    (loop $fill
      (i32.store (i32.const 0) (local.get $name))
      (local.set $name (i32.add (local.get $name) (select (i32.const 0xf1) (i32.const 1) (i32.eq (i32.and (local.get $name) (i32.const 15)) (i32.const 15)))))
      (br_if $fill (i32.eqz (call $make (i32.const 3) (i32.const 0) (i32.const 2)))))
    (loop $again
      (drop (call $readdir (i32.const 3) (i32.const 8) (i32.const 1) (i64.const 0) (i32.const 16)))
      (br $again))))
