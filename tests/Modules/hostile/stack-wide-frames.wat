;; Few calls, each with a frame of kilobytes: values that are alive across the call.
;; expect: inconclusive stack-limit
;; limit: instructions 1000000000
(module
  (memory 1)
  (func $f (export "run") (result i64) (local v128 v128 v128 v128 v128 v128 v128 v128)
    (local.set 0 (v128.load (i32.const 0))) (local.set 1 (v128.load (i32.const 16))) (local.set 2 (v128.load (i32.const 32))) (local.set 3 (v128.load (i32.const 48)))
    (local.set 4 (v128.load (i32.const 64))) (local.set 5 (v128.load (i32.const 80))) (local.set 6 (v128.load (i32.const 96))) (local.set 7 (v128.load (i32.const 112)))
    (drop (call $f))
    (i64.add (i64.add (i64x2.extract_lane 0 (local.get 0)) (i64x2.extract_lane 0 (local.get 1))) (i64.add (i64.add (i64x2.extract_lane 0 (local.get 2)) (i64x2.extract_lane 0 (local.get 3)))
      (i64.add (i64.add (i64x2.extract_lane 1 (local.get 4)) (i64x2.extract_lane 1 (local.get 5))) (i64.add (i64x2.extract_lane 1 (local.get 6)) (i64x2.extract_lane 1 (local.get 7))))))))
