;; Exports whose names look like the reserved ones are names like any other.
;; expect: completed
;; results: 7
(module
  (memory (export "vcp:Memory") 1)
  (func (export "vcp:start ") unreachable)
  (func (export "vcp\00:start") unreachable)
  (func (export "memory") unreachable)
  (func (export "") unreachable)
  (func (export "run") (result i32) (i32.const 7)))
