;; Outlasts the wall time without a loop.
;; expect: inconclusive timeout
;; limit: instructions 1000000000000
;; limit: timeout-ms 20
(module
  (func $ping (export "run") (return_call $pong))
  (func $pong (return_call $ping)))
