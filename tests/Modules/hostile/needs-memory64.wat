;; Addresses of 64 bits.
;; expect: refused module-needs-memory64
(module (memory i64 1) (func (export "run")))
