;; Copies a table over itself, one entry further each time, and calls what it finds there, which does the same.
;; expect: out-of-fuel
;; instructions: = limit
;; limit: instructions 200000
(module
  (type $void (func))
  (table $t 1000 funcref)
  (elem (i32.const 0) $f $g)
  (func $f (table.copy $t $t (i32.const 1) (i32.const 0) (i32.const 999)))
  (func $g)
  (func (export "run")
    (loop $again
      (call_indirect (type $void) (i32.const 0))
      (call_indirect (type $void) (i32.const 1))
      (br $again))))
