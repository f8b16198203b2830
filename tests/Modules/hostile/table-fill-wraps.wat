;; Fills from the last entry, with a length that wraps.
;; expect: trapped table-out-of-bounds
(module
  (table $t 10 funcref)
  (func (export "run") (table.fill $t (i32.const 9) (ref.null func) (i32.const 0xffffffff))))
