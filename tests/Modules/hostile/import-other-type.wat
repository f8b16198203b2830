;; Imports a function of WASI with a longer signature, to read what lies behind its arguments.
;; expect: refused module-import-type
(module (import "wasi_snapshot_preview1" "fd_close" (func (param i32 i64 i64) (result i64))) (func (export "run")))
