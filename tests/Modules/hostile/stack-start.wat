;; The stack is used up in the start function.
;; expect: inconclusive stack-limit
;; limit: instructions 1000000000
(module
  (func $f (call $f))
  (start $f)
  (func (export "run")))
