;; Takes what the host gives and goes on with whatever it got, as a guest with a clever allocator would.
(module
  (memory (export "memory") 1)
  (table $functions 1 funcref)

  ;; 1 MiB at a time until refused; answers how often it grew.
  (func (export "grow") (result i32) (local $grown i32)
    (block $refused
      (loop $again
        (br_if $refused (i32.eq (memory.grow (i32.const 16)) (i32.const -1)))
        (local.set $grown (i32.add (local.get $grown) (i32.const 1)))
        (br $again)))
    (local.get $grown))

  ;; A page at a time until refused, touching each; answers how many it has.
  (func (export "nibble") (result i32) (local $old i32)
    (loop $again
      (local.set $old (memory.grow (i32.const 1)))
      (if (i32.ne (local.get $old) (i32.const -1))
        (then
          (i32.store (i32.shl (local.get $old) (i32.const 16)) (i32.const 1))
          (br $again))))
    (memory.size))

  ;; Tries to grow, hides that it was refused and traps.
  (func (export "hide")
    (drop (memory.grow (i32.const 4000)))
    unreachable)

  ;; Tries to grow, then works on until its instructions are used up.
  (func (export "insist")
    (drop (memory.grow (i32.const 4000)))
    (loop $again (br $again)))

  ;; A million entries of a table at a time until refused; answers how often it grew.
  (func (export "table") (result i32) (local $grown i32)
    (block $refused
      (loop $again
        (br_if $refused (i32.eq (table.grow $functions (ref.null func) (i32.const 1000000)) (i32.const -1)))
        (local.set $grown (i32.add (local.get $grown) (i32.const 1)))
        (br $again)))
    (local.get $grown))

  ;; Needs nothing that it does not have.
  (func (export "small") (result i32)
    (i32.store (i32.const 8) (i32.const 7))
    (i32.load (i32.const 8))))
