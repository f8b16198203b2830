;; A reactor that never ends setting itself up.
;; expect: out-of-fuel
;; instructions: = limit
(module
  (func (export "_initialize") (loop $again (br $again)))
  (func (export "run")))
