;; Bulk work in large pieces: each fill of 16 MB counts as a few instructions and cannot be interrupted, the loop around it can.
;; expect: inconclusive timeout
;; limit: instructions 1000000000000
;; limit: timeout-ms 20
(module
  (memory 256)
  (func (export "run")
    (loop $again
      (memory.fill (i32.const 0) (i32.const 0xff) (i32.const 16777216))
      (br $again))))
