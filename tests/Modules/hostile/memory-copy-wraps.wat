;; Copies more than there is, from the end: the sum of address and length wraps.
;; expect: trapped memory-out-of-bounds
(module
  (memory 1)
  (func (export "run") (memory.copy (i32.const 0) (i32.const 0xffff) (i32.const 0xffffffff))))
