;; Does nothing, for ever.
;; expect: out-of-fuel
;; instructions: = limit
(module (func (export "run") (loop $again (br $again))))
