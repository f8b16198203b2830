;; A result of 4 GiB, which costs more than it has.
;; expect: out-of-fuel
;; instructions: = limit
;; input: bytes
;; stdout: = 0
(module
  (memory 1)
  (func (export "alloc") (param i32) (result i32) (i32.const 0))
  (func (export "dealloc") (param i32 i32))
  (func (export "run") (param i32 i32) (result i64) (i64.const 0x00000000ffffffff)))
