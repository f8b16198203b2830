;; What it exports under the entrypoint's name is a memory.
;; expect: task-refused entrypoint-missing
(module (memory (export "run") 1))
