;; Three ways to use up the guest's stack, each with the meter running: calls cost fuel, so a limit that is large enough leaves
;; only the stack to end them.
(module
  (type $void (func))
  (table funcref (elem $through_table))

  (func $direct (export "direct")
    (call $direct))

  (func $even (export "mutual")
    (call $odd))
  (func $odd
    (call $even))

  ;; The callee is found at run time, so no compiler can turn this into a loop.
  (func $through_table (export "indirect")
    (call_indirect (type $void) (i32.const 0)))

  ;; Not a bomb: a tail call takes no stack, so this runs until its count is over.
  (func $tail (param $left i32) (result i32)
    (if (i32.eqz (local.get $left))
      (then (return (i32.const 42))))
    (return_call $tail (i32.sub (local.get $left) (i32.const 1))))
  (func (export "tail") (result i32)
    (call $tail (i32.const 1000000))))
