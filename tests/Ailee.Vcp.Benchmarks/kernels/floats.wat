;; Floating point: points of an n × n grid that are still bounded after 200 steps of z² + c.
(module
  (func (export "run") (param $n i32) (result i32)
    (local $px i32) (local $py i32) (local $k i32) (local $inside i32)
    (local $x f64) (local $y f64) (local $t f64) (local $cx f64) (local $cy f64)
    (loop $rows
      (local.set $px (i32.const 0))
      (local.set $cy (f64.sub (f64.div (f64.mul (f64.convert_i32_u (local.get $py)) (f64.const 2)) (f64.convert_i32_u (local.get $n))) (f64.const 1)))
      (loop $columns
        (local.set $cx (f64.sub (f64.div (f64.mul (f64.convert_i32_u (local.get $px)) (f64.const 3)) (f64.convert_i32_u (local.get $n))) (f64.const 2)))
        (local.set $x (f64.const 0))
        (local.set $y (f64.const 0))
        (local.set $k (i32.const 0))
        (block $escaped
          (loop $step
            (local.set $t (f64.add (f64.sub (f64.mul (local.get $x) (local.get $x)) (f64.mul (local.get $y) (local.get $y))) (local.get $cx)))
            (local.set $y (f64.add (f64.mul (f64.mul (local.get $x) (local.get $y)) (f64.const 2)) (local.get $cy)))
            (local.set $x (local.get $t))
            (br_if $escaped (f64.gt (f64.add (f64.mul (local.get $x) (local.get $x)) (f64.mul (local.get $y) (local.get $y))) (f64.const 4)))
            (local.set $k (i32.add (local.get $k) (i32.const 1)))
            (br_if $step (i32.lt_u (local.get $k) (i32.const 200))))
          (local.set $inside (i32.add (local.get $inside) (i32.const 1))))
        (local.set $px (i32.add (local.get $px) (i32.const 1)))
        (br_if $columns (i32.lt_u (local.get $px) (local.get $n))))
      (local.set $py (i32.add (local.get $py) (i32.const 1)))
      (br_if $rows (i32.lt_u (local.get $py) (local.get $n))))
    (local.get $inside)))
