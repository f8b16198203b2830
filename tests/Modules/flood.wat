;; Writes 1000 bytes at a time to the descriptor it is given, for ever. The limit of the tests is no multiple of 1000, so the last
;; write is kept in part. Every byte is the number of the write, so what was kept can be recomputed.
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\e8\03\00\00") ;; vector: 1000 bytes at 16
  (func (export "run") (param $descriptor i32) (local $number i32)
    (loop $again
      (memory.fill (i32.const 16) (local.get $number) (i32.const 1000))
      (drop (call $write (local.get $descriptor) (i32.const 0) (i32.const 1) (i32.const 8)))
      (local.set $number (i32.add (local.get $number) (i32.const 1)))
      (br $again))))
