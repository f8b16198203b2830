;; An alloc that takes and gives 64 bits, so that a host which does not look would pass halves of numbers.
;; expect: task-refused entrypoint-type
;; input: bytes
(module
  (memory 1)
  (func (export "alloc") (param i64) (result i64) (i64.const -1))
  (func (export "dealloc") (param i32 i32))
  (func (export "run") (param i32 i32) (result i64) (i64.const 0)))
