;; Cannot even start where there are no 152 MiB for a table.
(module
  (table $functions 19000000 funcref)
  (func (export "long") (result i32) (table.size $functions)))
