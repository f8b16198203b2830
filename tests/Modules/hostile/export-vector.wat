;; Its entrypoint returns a vector, which no statement can say. Refused before any of its code runs.
;; expect: task-refused entrypoint-type
(module
  (func $start unreachable)
  (start $start)
  (func (export "run") (result v128) (v128.const i64x2 1 2)))
