;; Makes an integer of a NaN.
;; expect: trapped bad-conversion-to-integer
(module (func (export "run") (result i32) (i32.trunc_f64_u (f64.const nan:0xdead))))
