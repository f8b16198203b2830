;; Divides the least number by -1.
;; expect: trapped integer-overflow
(module (func (export "run") (result i64) (i64.div_s (i64.const 0x8000000000000000) (i64.const -1))))
