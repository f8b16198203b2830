;; Has instructions for an hour and uses them.
;; expect: inconclusive timeout
;; limit: instructions 1000000000000
;; limit: timeout-ms 20
(module (func (export "run") (loop $again (br $again))))
