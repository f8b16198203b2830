;; Drops a data segment and then uses it.
;; expect: trapped memory-out-of-bounds
(module
  (memory 1)
  (data $text "gone")
  (func (export "run")
    (data.drop $text)
    (memory.init $text (i32.const 0) (i32.const 0) (i32.const 4))))
