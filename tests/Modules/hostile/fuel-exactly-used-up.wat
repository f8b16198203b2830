;; Straight-line work beyond the limit that returns normally: the engine looks at the meter at the entry only.
;; expect: out-of-fuel
;; instructions: = limit
;; results:
;; limit: instructions 20
(module
  (func (export "run") (result i32)
    (i32.add (i32.const 1) (i32.add (i32.const 1) (i32.add (i32.const 1) (i32.add (i32.const 1) (i32.add (i32.const 1)
    (i32.add (i32.const 1) (i32.add (i32.const 1) (i32.add (i32.const 1) (i32.add (i32.const 1) (i32.add (i32.const 1)
    (i32.const 1)))))))))))))
