;; Calls a function as if it took other arguments.
;; expect: trapped bad-signature
(module
  (type $pointer (func (param i64 i64 i64)))
  (table funcref (elem $f))
  (func $f)
  (func (export "run") (call_indirect (type $pointer) (i64.const -1) (i64.const -1) (i64.const -1) (i32.const 0))))
