;; One write of 1024 vectors, each all of memory: 64 MiB out of one page.
;; expect: out-of-fuel
;; instructions: = limit
;; stdout: = 0
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory 1)
  (func (export "run") (local $at i32)
    (loop $fill
      (i32.store offset=4 (local.get $at) (i32.const 65536))
      (br_if $fill (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (i32.const 8192))))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1024) (i32.const 9000)))))
