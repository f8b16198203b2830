;; An element segment outside its table: traps before any code ran.
;; expect: trapped table-out-of-bounds
;; instructions: = 0
(module
  (table 1 funcref)
  (elem (i32.const 1) $f)
  (func $f (export "run")))
