;; Its alloc is a host function, whose errno (58) is then an address.
;; expect: completed
;; input: bytes
;; stdout: = 5
(module
  (import "wasi_snapshot_preview1" "proc_raise" (func $raise (param i32) (result i32)))
  (memory 1)
  (export "alloc" (func $raise))
  (func (export "dealloc") (param i32 i32))
  (func (export "run") (param i32 i32) (result i64) (i64.or (i64.shl (i64.extend_i32_u (local.get 0)) (i64.const 32)) (i64.extend_i32_u (local.get 1)))))
