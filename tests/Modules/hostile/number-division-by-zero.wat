;; Divides by zero, in a start function.
;; expect: trapped integer-division-by-zero
(module
  (func $start (drop (i64.rem_u (i64.const 1) (i64.const 0))))
  (start $start)
  (func (export "run")))
