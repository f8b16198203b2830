;; Takes memory a page at a time until it is refused, touching the last byte of each, and a thousand times more after that.
;; expect: completed
;; results: 256
;; memory: = limit
(module
  (memory 1)
  (func (export "run") (result i32) (local $asked i32)
    (loop $again
      (drop (memory.grow (i32.const 1)))
      (i32.store8 (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 1)) (i32.const 7))
      (br_if $again (i32.lt_u (local.tee $asked (i32.add (local.get $asked) (i32.const 1))) (i32.const 1255))))
    (memory.size)))
