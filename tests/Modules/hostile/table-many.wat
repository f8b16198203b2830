;; As many tables as a module may have, each as long as it may be: what lies beside the linear memory is bounded too.
;; expect: completed
;; results: 16000
(module
  (table $0 0 funcref) (table $1 0 funcref) (table $2 0 funcref) (table $3 0 funcref)
  (table $4 0 externref) (table $5 0 externref) (table $6 0 externref) (table $7 0 externref)
  (table $8 0 funcref) (table $9 0 funcref) (table $a 0 funcref) (table $b 0 funcref)
  (table $c 0 externref) (table $d 0 externref) (table $e 0 externref) (table $f 0 externref)
  (func (export "run") (result i32)
    (drop (table.grow $0 (ref.null func) (i32.const 1000))) (drop (table.grow $1 (ref.null func) (i32.const 1000)))
    (drop (table.grow $2 (ref.null func) (i32.const 1000))) (drop (table.grow $3 (ref.null func) (i32.const 1000)))
    (drop (table.grow $4 (ref.null extern) (i32.const 1000))) (drop (table.grow $5 (ref.null extern) (i32.const 1000)))
    (drop (table.grow $6 (ref.null extern) (i32.const 1000))) (drop (table.grow $7 (ref.null extern) (i32.const 1000)))
    (drop (table.grow $8 (ref.null func) (i32.const 1000))) (drop (table.grow $9 (ref.null func) (i32.const 1000)))
    (drop (table.grow $a (ref.null func) (i32.const 1000))) (drop (table.grow $b (ref.null func) (i32.const 1000)))
    (drop (table.grow $c (ref.null extern) (i32.const 1000))) (drop (table.grow $d (ref.null extern) (i32.const 1000)))
    (drop (table.grow $e (ref.null extern) (i32.const 1000))) (drop (table.grow $f (ref.null extern) (i32.const 1000)))
    (drop (table.grow $f (ref.null extern) (i32.const 1)))
    (i32.add (i32.mul (table.size $0) (i32.const 15)) (table.size $f))))
