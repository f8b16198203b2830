;; A data segment half outside memory: traps before any code ran, and the start function that comes after it never does.
;; expect: trapped memory-out-of-bounds
;; instructions: = 0
(module
  (memory 1)
  (data (i32.const 65534) "1234")
  (func $start (loop $again (br $again)))
  (start $start)
  (func (export "run")))
