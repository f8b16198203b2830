;; Names with a zero byte (28), that are no UTF-8 (25), too long for a name (37) or a path (37), and empty (44).
;; expect: completed
;; results: 28 25 37 37 44
(module
  (import "wasi_snapshot_preview1" "path_create_directory" (func $make (param i32 i32 i32) (result i32)))
  (memory 1)
  (data (i32.const 0) "a\00/etc/passwd")
  (data (i32.const 20) "\c0\ae\c0\ae/etc") ;; overlong dots
  (func (export "run") (result i32 i32 i32 i32 i32)
    (memory.fill (i32.const 1000) (i32.const 97) (i32.const 5000))
    (call $make (i32.const 3) (i32.const 0) (i32.const 13))
    (call $make (i32.const 3) (i32.const 20) (i32.const 8))
    (call $make (i32.const 3) (i32.const 1000) (i32.const 256))
    (call $make (i32.const 3) (i32.const 1000) (i32.const 4097))
    (call $make (i32.const 3) (i32.const 0) (i32.const 0))))
