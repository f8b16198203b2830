;; Uses up the file system in every way that there is. Each function goes on until the host refuses, and says how often it was
;; served and what it was refused with.
(module
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $make (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_symlink" (func $symlink (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_link" (func $link (param i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_set_size" (func $resize (param i32 i64) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\e8\03\00\00") ;; vector: 1000 bytes at 16
  (data (i32.const 2100) "d")

  ;; Eight letters at 2000, others for every number.
  (func $name (param $number i32) (local $at i32)
    (loop $again
      (i32.store8 offset=2000 (local.get $at) (i32.add (i32.const 97) (i32.and (local.get $number) (i32.const 15))))
      (local.set $number (i32.shr_u (local.get $number) (i32.const 4)))
      (br_if $again (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (i32.const 8)))))

  ;; Opens the name from a directory; its descriptor stands at 8.
  (func $open (param $directory i32) (param $name i32) (param $length i32) (param $flags i32) (result i32)
    (call $path_open (local.get $directory) (i32.const 0) (local.get $name) (local.get $length) (local.get $flags) (i64.const 0x0fbfffbf) (i64.const -1) (i32.const 0) (i32.const 8)))
  (func $open_file (result i32)
    (call $path_open (i32.const 3) (i32.const 0) (i32.const 2000) (i32.const 8) (i32.const 1) (i64.const -1) (i64.const -1) (i32.const 0) (i32.const 8)))

  ;; A thousand bytes at a time into one file.
  (func (export "bytes") (result i32 i32) (local $count i32) (local $errno i32)
    (call $name (i32.const 0))
    (drop (call $open_file))
    (block $refused
      (loop $again
        (br_if $refused (local.tee $errno (call $write (i32.load (i32.const 8)) (i32.const 0) (i32.const 1) (i32.const 12))))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (br $again)))
    (local.get $count) (local.get $errno))

  ;; New files of a thousand bytes each that nobody wrote.
  (func (export "holes") (result i32 i32) (local $count i32) (local $errno i32)
    (block $refused
      (loop $again
        (call $name (local.get $count))
        (drop (call $open_file))
        (br_if $refused (local.tee $errno (call $resize (i32.load (i32.const 8)) (i64.const 1000))))
        (drop (call $close (i32.load (i32.const 8))))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (br $again)))
    (local.get $count) (local.get $errno))

  (func (export "files") (result i32 i32) (local $count i32) (local $errno i32)
    (block $refused
      (loop $again
        (call $name (local.get $count))
        (br_if $refused (local.tee $errno (call $open_file)))
        (drop (call $close (i32.load (i32.const 8))))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (br $again)))
    (local.get $count) (local.get $errno))

  (func (export "symlinks") (result i32 i32) (local $count i32) (local $errno i32)
    (block $refused
      (loop $again
        (call $name (local.get $count))
        (br_if $refused (local.tee $errno (call $symlink (i32.const 2100) (i32.const 1) (i32.const 3) (i32.const 2000) (i32.const 8))))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (br $again)))
    (local.get $count) (local.get $errno))

  ;; Many names for one file, itself among them.
  (func (export "links") (result i32 i32) (local $count i32) (local $errno i32)
    (drop (call $open (i32.const 3) (i32.const 2100) (i32.const 1) (i32.const 1)))
    (block $refused
      (loop $again
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (call $name (local.get $count))
        (br_if $refused (local.tee $errno (call $link (i32.const 3) (i32.const 0) (i32.const 2100) (i32.const 1) (i32.const 3) (i32.const 2000) (i32.const 8))))
        (br $again)))
    (local.get $count) (local.get $errno))

  ;; A directory in a directory, far deeper than any path can say.
  (func (export "depth") (result i32 i32) (local $count i32) (local $errno i32) (local $at i32)
    (local.set $at (i32.const 3))
    (block $refused
      (loop $again
        (br_if $refused (local.tee $errno (call $make (local.get $at) (i32.const 2100) (i32.const 1))))
        (br_if $refused (local.tee $errno (call $open (local.get $at) (i32.const 2100) (i32.const 1) (i32.const 2))))
        (drop (call $close (local.get $at)))
        (local.set $at (i32.load (i32.const 8)))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (br $again)))
    (local.get $count) (local.get $errno))

  ;; The same directory, open again and again.
  (func (export "descriptors") (result i32 i32) (local $count i32) (local $errno i32)
    (drop (call $make (i32.const 3) (i32.const 2100) (i32.const 1)))
    (block $refused
      (loop $again
        (br_if $refused (local.tee $errno (call $open (i32.const 3) (i32.const 2100) (i32.const 1) (i32.const 0))))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (br $again)))
    (local.get $count) (local.get $errno)))
