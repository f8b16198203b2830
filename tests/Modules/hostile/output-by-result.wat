;; A function of bytes whose result is longer than stdout may be.
;; expect: output-limit
;; input: bytes
;; stdout: = limit
(module
  (memory 4)
  (func (export "alloc") (param i32) (result i32) (i32.const 0))
  (func (export "dealloc") (param i32 i32))
  (func (export "run") (param i32 i32) (result i64) (i64.const 0x30000))) ;; 196 608 bytes at 0
