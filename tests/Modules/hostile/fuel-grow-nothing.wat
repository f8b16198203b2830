;; Asks for no memory, for ever: a call of the engine that gives nothing and must not be free.
;; expect: out-of-fuel
;; instructions: = limit
(module
  (memory 1)
  (func (export "run") (loop $again (drop (memory.grow (i32.const 0))) (br $again))))
