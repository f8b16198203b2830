;; Gives its result and then never ends in dealloc.
;; expect: out-of-fuel
;; instructions: = limit
;; input: bytes
(module
  (memory 1)
  (func (export "alloc") (param i32) (result i32) (i32.const 0))
  (func (export "dealloc") (param i32 i32) (loop $again (br $again)))
  (func (export "run") (param i32 i32) (result i64) (i64.const 5)))
