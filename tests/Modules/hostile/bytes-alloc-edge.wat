;; An alloc that answers with the last byte of memory for an input of five.
;; expect: trapped memory-out-of-bounds
;; input: bytes
(module
  (memory 1)
  (func (export "alloc") (param i32) (result i32) (i32.const 65535))
  (func (export "dealloc") (param i32 i32))
  (func (export "run") (param i32 i32) (result i64) (i64.const 0)))
