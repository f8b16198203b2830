;; Fills a table as long as it may be, for ever.
;; expect: out-of-fuel
;; instructions: = limit
;; limit: instructions 200000
(module
  (table $t 1000 funcref)
  (func $f (export "run")
    (loop $again
      (table.fill $t (i32.const 0) (ref.func $f) (i32.const 1000))
      (br $again))))
