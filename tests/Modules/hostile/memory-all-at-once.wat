;; Asks for 4 GiB at once, then for numbers of pages that wrap when they are added to what it has. Nothing is taken.
;; expect: completed
;; results: -1 -1 -1 1
;; memory: = 65536
(module
  (memory 1)
  (func (export "run") (result i32 i32 i32 i32)
    (memory.grow (i32.const 65535))
    (memory.grow (i32.const -1))
    (memory.grow (i32.const 0x80000000))
    (memory.size)))
