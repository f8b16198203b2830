;; The last four bytes of memory are its own; reading one further is not.
;; expect: trapped memory-out-of-bounds
;; memory: = 65536
(module
  (memory 1)
  (func (export "run") (result i32)
    (i32.store (i32.const 65532) (i32.const 7))
    (i32.add (i32.load (i32.const 65532)) (i32.load (i32.const 65533)))))
