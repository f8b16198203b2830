;; Calls entry 2^32 - 1.
;; expect: trapped table-out-of-bounds
(module
  (type $void (func))
  (table 1 funcref)
  (func (export "run") (call_indirect (type $void) (i32.const -1))))
