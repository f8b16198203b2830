;; The start function outlasts the wall time.
;; expect: inconclusive timeout
;; limit: instructions 1000000000000
;; limit: timeout-ms 20
(module
  (func $start (loop $again (br $again)))
  (start $start)
  (func (export "run")))
