;; Wants the host's memory.
;; expect: refused module-unknown-import
(module (import "env" "memory" (memory 1)) (func (export "run")))
