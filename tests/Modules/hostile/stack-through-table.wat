;; Recursion whose callee is found at run time.
;; expect: inconclusive stack-limit
;; limit: instructions 1000000000
(module
  (type $void (func))
  (table funcref (elem $f))
  (func $f (export "run") (call_indirect (type $void) (i32.const 0))))
