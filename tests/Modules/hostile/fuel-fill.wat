;; Bulk work in small pieces: a loop of fills of a page, each of which costs next to nothing.
;; expect: out-of-fuel
;; instructions: = limit
;; limit: instructions 20000
(module
  (memory 1)
  (func (export "run")
    (loop $again
      (memory.fill (i32.const 0) (i32.const 0xff) (i32.const 65536))
      (memory.copy (i32.const 1) (i32.const 0) (i32.const 65535))
      (br $again))))
