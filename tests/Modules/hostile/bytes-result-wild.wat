;; A result that reaches beyond memory by one byte.
;; expect: trapped memory-out-of-bounds
;; input: bytes
;; stdout: = 0
(module
  (memory 1)
  (func (export "alloc") (param i32) (result i32) (i32.const 0))
  (func (export "dealloc") (param i32 i32))
  (func (export "run") (param i32 i32) (result i64) (i64.const 0x0000fff000000011)))
