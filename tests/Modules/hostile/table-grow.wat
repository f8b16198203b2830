;; Takes table entries a hundred at a time until it is refused; less than a hundred can still be had.
;; expect: completed
;; results: 1000 -1
(module
  (table $t 1 funcref)
  (func (export "run") (result i32 i32)
    (loop $again
      (br_if $again (i32.ne (table.grow $t (ref.null func) (i32.const 100)) (i32.const -1))))
    (loop $again
      (br_if $again (i32.ne (table.grow $t (ref.null func) (i32.const 1)) (i32.const -1))))
    (table.size $t)
    (table.grow $t (ref.null func) (i32.const -1))))
