;; A function of bytes whose alloc outlasts the wall time.
;; expect: inconclusive timeout
;; input: bytes
;; limit: instructions 1000000000000
;; limit: timeout-ms 20
(module
  (memory 1)
  (func (export "alloc") (param i32) (result i32) (loop $again (br $again)) (i32.const 0))
  (func (export "dealloc") (param i32 i32))
  (func (export "run") (param i32 i32) (result i64) (i64.const 0)))
