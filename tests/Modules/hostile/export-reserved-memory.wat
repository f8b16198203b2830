;; Exports a function under the name that the sandbox gives the memory.
;; expect: refused module-reserved-export
(module (memory 1) (func (export "vcp:memory")) (func (export "run")))
