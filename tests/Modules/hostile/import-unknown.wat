;; Wants a function of the host that there is not.
;; expect: refused module-unknown-import
(module (import "env" "system" (func (param i32) (result i32))) (func (export "run")))
