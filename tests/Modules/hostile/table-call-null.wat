;; Calls an entry that it has just overwritten with nothing, from within itself.
;; expect: trapped indirect-call-to-null
(module
  (type $void (func))
  (table $t funcref (elem $f))
  (func $f (export "run")
    (table.set $t (i32.const 0) (ref.null func))
    (call_indirect (type $void) (i32.const 0))))
