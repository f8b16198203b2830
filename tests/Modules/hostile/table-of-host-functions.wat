;; Puts host functions into a table and calls them through it, so that no direct call shows in the code.
;; expect: completed
;; exit: 42
;; calls: = 2
(module
  (import "wasi_snapshot_preview1" "proc_raise" (func $raise (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (type $raise (func (param i32) (result i32)))
  (type $exit (func (param i32)))
  (table funcref (elem $raise $exit))
  (func (export "run")
    (drop (call_indirect (type $raise) (i32.const 9) (i32.const 0)))
    (call_indirect (type $exit) (i32.const 42) (i32.const 1))
    (loop $again (br $again))))
