;; Exports a function under the name that the sandbox gives the start function.
;; expect: refused module-reserved-export
(module (func (export "vcp:start")) (func (export "run")))
