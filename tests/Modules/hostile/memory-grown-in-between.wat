;; Grows its memory between host calls and lets each of them fill the page that is newest, up to its last byte.
;; expect: completed
;; results: 0
;; memory: = limit
;; calls: = 255
(module
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (memory 1)
  (func (export "run") (result i32) (local $errors i32)
    (loop $again
      (if (i32.ne (memory.grow (i32.const 1)) (i32.const -1))
        (then
          (local.set $errors (i32.or (local.get $errors)
            (call $random (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 64)) (i32.const 64))))
          (br $again))))
    (local.get $errors)))
