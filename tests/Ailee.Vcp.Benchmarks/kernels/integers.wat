;; Integer arithmetic and branches: the lengths of the Collatz sequences below n, summed.
(module
  (func (export "run") (param $n i32) (result i32)
    (local $i i32) (local $x i64) (local $sum i32)
    (local.set $i (i32.const 1))
    (loop $next
      (local.set $x (i64.extend_i32_u (local.get $i)))
      (block $done
        (loop $step
          (br_if $done (i64.eq (local.get $x) (i64.const 1)))
          (local.set $sum (i32.add (local.get $sum) (i32.const 1)))
          (local.set $x
            (select
              (i64.add (i64.mul (local.get $x) (i64.const 3)) (i64.const 1))
              (i64.shr_u (local.get $x) (i64.const 1))
              (i32.wrap_i64 (i64.and (local.get $x) (i64.const 1)))))
          (br $step)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $sum)))
