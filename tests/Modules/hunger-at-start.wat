;; Cannot even start where there are no 192 MiB.
(module
  (memory (export "memory") 3072)
  (func (export "large") (result i32) (memory.size)))
