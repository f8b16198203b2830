;; Makes NaNs with payloads in every way that a machine might keep and asks for their bits: arithmetic gives the one NaN there is,
;; what only moves bits keeps them.
;; expect: completed
;; results: 2143289344 2143289344 9221120237041090560 9221120237041090560 -5242539
(module
  (func (export "run") (result i32 i32 i64 i64 i32)
    (i32.reinterpret_f32 (f32.add (f32.const nan:0x200001) (f32.const 1)))
    (i32.reinterpret_f32 (f32.min (f32.const -nan:0x3) (f32.const nan:0x5)))
    (i64.reinterpret_f64 (f64.promote_f32 (f32.const -nan:0x123)))
    (i64.reinterpret_f64 (f64.mul (f64.const -nan:0x8000000000123) (f64.const inf)))
    (i32.reinterpret_f32 (f32.neg (f32.reinterpret_i32 (i32.const 0x7fb00155))))))
