;; An alloc that answers with an address far outside: the input is not written anywhere.
;; expect: trapped memory-out-of-bounds
;; input: bytes
(module
  (memory 1)
  (func (export "alloc") (param i32) (result i32) (i32.const 0xfffffff0))
  (func (export "dealloc") (param i32 i32))
  (func (export "run") (param i32 i32) (result i64) (i64.const 0)))
