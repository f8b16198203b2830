;; Calls itself with instructions to spare, until the stack is used up.
;; expect: inconclusive stack-limit
;; limit: instructions 1000000000
(module (func $f (export "run") (call $f)))
