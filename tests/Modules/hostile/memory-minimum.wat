;; Starts with more memory than any task here may have.
;; expect: refused module-too-demanding
(module (memory 65536) (func (export "run")))
