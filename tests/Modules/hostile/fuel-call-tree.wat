;; Without a loop and never deep: each function calls the next one sixteen times, 2^64 calls in all.
;; expect: out-of-fuel
;; instructions: = limit
(module
  (func $0 (export "run") (call $1) (call $1) (call $1) (call $1) (call $1) (call $1) (call $1) (call $1) (call $1) (call $1) (call $1) (call $1) (call $1) (call $1) (call $1) (call $1))
  (func $1 (call $2) (call $2) (call $2) (call $2) (call $2) (call $2) (call $2) (call $2) (call $2) (call $2) (call $2) (call $2) (call $2) (call $2) (call $2) (call $2))
  (func $2 (call $3) (call $3) (call $3) (call $3) (call $3) (call $3) (call $3) (call $3) (call $3) (call $3) (call $3) (call $3) (call $3) (call $3) (call $3) (call $3))
  (func $3 (call $4) (call $4) (call $4) (call $4) (call $4) (call $4) (call $4) (call $4) (call $4) (call $4) (call $4) (call $4) (call $4) (call $4) (call $4) (call $4))
  (func $4 (call $5) (call $5) (call $5) (call $5) (call $5) (call $5) (call $5) (call $5) (call $5) (call $5) (call $5) (call $5) (call $5) (call $5) (call $5) (call $5))
  (func $5 (call $6) (call $6) (call $6) (call $6) (call $6) (call $6) (call $6) (call $6) (call $6) (call $6) (call $6) (call $6) (call $6) (call $6) (call $6) (call $6))
  (func $6 (call $7) (call $7) (call $7) (call $7) (call $7) (call $7) (call $7) (call $7) (call $7) (call $7) (call $7) (call $7) (call $7) (call $7) (call $7) (call $7))
  (func $7 (call $8) (call $8) (call $8) (call $8) (call $8) (call $8) (call $8) (call $8) (call $8) (call $8) (call $8) (call $8) (call $8) (call $8) (call $8) (call $8))
  (func $8))
