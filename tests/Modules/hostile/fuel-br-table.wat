;; A jump table whose every target jumps on through it, with indexes far outside.
;; expect: out-of-fuel
;; instructions: = limit
(module
  (func (export "run") (local $i i32)
    (loop $0 (loop $1 (loop $2 (loop $3 (loop $4 (loop $5 (loop $6 (loop $7
      (local.set $i (i32.add (i32.mul (local.get $i) (i32.const 1664525)) (i32.const 1013904223)))
      (br_table $0 $1 $2 $3 $4 $5 $6 $7 $0 $0 $0 $7 $7 $3 $2 $5 $1 $6 $4 $0 (local.get $i))))))))))))
