;; Starts with more memory than this task may have: no task for it, and no run.
;; expect: task-refused limit-too-low
(module (memory 257) (func (export "run")))
