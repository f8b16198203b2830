;; The start function never ends: computing before the meter would be set.
;; expect: out-of-fuel
;; instructions: = limit
(module
  (func $start (loop $again (br $again)))
  (start $start)
  (func (export "run")))
