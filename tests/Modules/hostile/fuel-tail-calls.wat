;; Two functions that hand over to each other for ever, without a loop and without a stack.
;; expect: out-of-fuel
;; instructions: = limit
(module
  (func $ping (export "run") (return_call $pong))
  (func $pong (return_call $ping)))
