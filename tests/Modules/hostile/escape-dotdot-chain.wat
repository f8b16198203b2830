;; A path of 1365 times "..": as long as a path may be, and no way out after the first.
;; expect: completed
;; results: 63
(module
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $stat (param i32 i32 i32 i32 i32) (result i32)))
  (memory 1)
  (func (export "run") (result i32) (local $at i32)
    (loop $fill
      (i32.store (local.get $at) (i32.const 0x002f2e2e))
      (br_if $fill (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 3))) (i32.const 4095))))
    (call $stat (i32.const 3) (i32.const 1) (i32.const 0) (i32.const 4095) (i32.const 8000))))
