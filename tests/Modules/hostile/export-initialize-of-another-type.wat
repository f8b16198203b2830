;; An _initialize that takes a number is not the one of a reactor and is not called.
;; expect: completed
;; results: 1
(module
  (func (export "_initialize") (param i32) unreachable)
  (func (export "run") (result i32) (i32.const 1)))
