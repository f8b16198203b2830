;; Memory that another thread could change while the host looks at it.
;; expect: refused module-needs-threads
(module (memory 1 2 shared) (func (export "run")))
