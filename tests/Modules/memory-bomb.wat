;; Grows its memory a page at a time until the host refuses, then writes to the last byte it was given and says how often it grew.
;; A refusal is -1, as the specification has it, and never a trap: a real allocator answers it with "out of memory".
(module
  (memory (export "memory") 1)
  (func (export "run") (result i32) (local $grown i32)
    (block $refused
      (loop $again
        (br_if $refused (i32.eq (memory.grow (i32.const 1)) (i32.const -1)))
        (local.set $grown (i32.add (local.get $grown) (i32.const 1)))
        (br $again)))
    (i32.store8 (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 1)) (i32.const 7))
    (local.get $grown))

  ;; All at once: refused as a whole, and nothing is taken.
  (func (export "too_much") (result i32 i32)
    (memory.grow (i32.const 65535))
    (memory.size))

  ;; Grows, then forgets that it did.
  (func (export "then_trap")
    (drop (memory.grow (i32.const 9)))
    unreachable))
