;; Climbs out of the root, in every spelling: EPERM (63) each time. The last one stays inside and finds nothing (44).
;; expect: completed
;; results: 63 63 63 63 44
(module
  (import "wasi_snapshot_preview1" "path_create_directory" (func $make (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $stat (param i32 i32 i32 i32 i32) (result i32)))
  (memory 1)
  (data (i32.const 0) "../../../../../../etc/passwd")
  (data (i32.const 100) "a/../../etc/passwd")
  (data (i32.const 200) "./././..//..")
  (data (i32.const 300) "a/../a/../..")
  (data (i32.const 400) "a/../a/passwd")
  (func (export "run") (result i32 i32 i32 i32 i32)
    (drop (call $make (i32.const 3) (i32.const 100) (i32.const 1)))
    (call $stat (i32.const 3) (i32.const 1) (i32.const 0) (i32.const 28) (i32.const 1000))
    (call $stat (i32.const 3) (i32.const 1) (i32.const 100) (i32.const 18) (i32.const 1000))
    (call $stat (i32.const 4) (i32.const 1) (i32.const 200) (i32.const 12) (i32.const 1000))
    (call $stat (i32.const 4) (i32.const 1) (i32.const 300) (i32.const 12) (i32.const 1000))
    (call $stat (i32.const 4) (i32.const 1) (i32.const 400) (i32.const 13) (i32.const 1000))))
