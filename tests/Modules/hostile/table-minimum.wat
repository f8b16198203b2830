;; A table that starts longer than any task may have it.
;; expect: refused module-too-demanding
(module (table 1001 funcref) (func (export "run")))
