;; Address and offset together are beyond 32 bits; wrapped round they would be right.
;; expect: trapped memory-out-of-bounds
(module
  (memory 1)
  (func (export "run") (result i32) (i32.load offset=0xffffffff (i32.const 0x11))))
