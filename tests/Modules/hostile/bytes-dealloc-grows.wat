;; Grows its memory in dealloc, when nobody looks any more.
;; expect: completed
;; input: bytes
;; memory: = limit
;; stdout: = 5
(module
  (memory 1)
  (func (export "alloc") (param i32) (result i32) (i32.const 0))
  (func (export "dealloc") (param i32 i32) (loop $again (br_if $again (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))))
  (func (export "run") (param i32 i32) (result i64) (i64.const 5)))
