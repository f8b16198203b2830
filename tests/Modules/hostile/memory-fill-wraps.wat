;; Fills from the last byte to the last byte of 4 GiB. Not one byte may be written before the trap.
;; expect: trapped memory-out-of-bounds
(module
  (memory 1)
  (func (export "run") (memory.fill (i32.const 0xffff) (i32.const 0xff) (i32.const 0xffff0001))))
