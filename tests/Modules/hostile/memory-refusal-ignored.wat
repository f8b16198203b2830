;; Is refused memory and writes to it all the same.
;; expect: trapped memory-out-of-bounds
;; memory: = 65536
(module
  (memory 1)
  (func (export "run")
    (drop (memory.grow (i32.const 65535)))
    (i32.store (i32.const 0x7fff0000) (i32.const 1))))
