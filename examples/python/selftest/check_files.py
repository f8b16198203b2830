"""Files and directories: the program's own, and scratch."""

import errno
import glob
import os
import pathlib
import shutil
import stat
import tempfile


def refused(code, call, *args):
    try:
        call(*args)
    except OSError as error:
        assert error.errno == code, f"{errno.errorcode.get(error.errno)} instead of {errno.errorcode[code]}"
        return
    raise AssertionError(f"{call} was allowed")


here = pathlib.Path(__file__)
assert here.read_text().startswith('"""Files') and os.getcwd() == "/"
work = pathlib.Path("out/files")
work.mkdir(parents=True)

# Writing, appending, seeking, truncating.
note = work / "note.txt"
assert note.write_text("first\n") == 6
with note.open("a") as file:
    assert file.tell() == 6
    file.write("second\n")
with note.open("r+b") as file:
    file.seek(-7, os.SEEK_END)
    assert file.read() == b"second\n"
    file.seek(100)
    file.write(b"!")
    file.truncate(50)
    file.seek(0)
    assert len(file.read()) == 50 and os.fstat(file.fileno()).st_size == 50
descriptor = os.open(note, os.O_RDWR)
assert os.pwrite(descriptor, b"FIRST", 0) == 5 and os.pread(descriptor, 5, 0) == b"FIRST" and os.lseek(descriptor, 0, os.SEEK_CUR) == 0
os.fsync(descriptor)
os.close(descriptor)
refused(errno.EBADF, os.read, descriptor, 1)
refused(errno.EEXIST, os.open, note, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
refused(errno.ENOENT, os.open, work / "none", os.O_RDONLY)

# Names: listing, links, renames.
for name in ("c", "a", "b"):
    (work / name).mkdir()
    (work / name / f"{name}.dat").write_bytes(name.encode() * 1000)
assert os.listdir(work) == ["a", "b", "c", "note.txt"], "listings are sorted"
assert sorted(glob.glob("out/files/**/*.dat", recursive=True)) == [f"out/files/{name}/{name}.dat" for name in "abc"]
assert [entry.is_dir() for entry in sorted(os.scandir(work), key=lambda entry: entry.name)] == [True, True, True, False]
os.symlink("a/a.dat", work / "link")
assert os.readlink(work / "link") == "a/a.dat" and (work / "link").read_bytes() == b"a" * 1000 and (work / "link").is_symlink()
os.link(note, work / "hard")
assert os.stat(note).st_ino == os.stat(work / "hard").st_ino and os.stat(note).st_nlink == 2 and os.path.samefile(note, work / "hard")
os.rename(work / "a", work / "moved")
refused(errno.ENOENT, os.stat, work / "link")
os.replace(work / "hard", work / "moved" / "a.dat")
assert (work / "moved" / "a.dat").read_bytes().startswith(b"FIRST")
refused(errno.ENOTEMPTY, os.rmdir, work / "b")
refused(errno.ENOTDIR, os.listdir, note)
refused(errno.EISDIR, os.open, work, os.O_RDWR)

# Times are virtual, and can be set.
os.utime(note, ns=(1_000_000_000_000_000_000, 1_100_000_000_000_000_000))
status = os.stat(note)
assert (status.st_atime_ns, status.st_mtime_ns) == (1_000_000_000_000_000_000, 1_100_000_000_000_000_000)
assert stat.S_ISREG(status.st_mode) and stat.S_ISDIR(os.stat(work).st_mode) and not os.isatty(0)

# Copies, trees, temporary files.
shutil.copytree(work, "out/copy", symlinks=True)
assert sorted(os.listdir("out/copy")) == sorted(os.listdir(work))
shutil.rmtree("out/copy")
assert not os.path.exists("out/copy")
with tempfile.TemporaryDirectory() as directory:
    inner = pathlib.Path(directory) / "x"
    inner.write_text("x")
    with tempfile.NamedTemporaryFile(dir=directory) as file:
        file.write(b"y" * 100_000)
        file.flush()
        assert os.path.getsize(file.name) == 100_000
assert not inner.exists()

# The bundle's files can be changed; that reaches scratch, never the bundle.
library = pathlib.Path(os.__file__)
assert library.is_file()
(here.parent / "new.txt").write_text("beside the program")
assert (here.parent / "new.txt").exists()

# Nothing leads out.
for path in ("../../../etc/passwd", "/../etc/passwd", "/etc/passwd", "/proc/self/environ", "/dev/urandom"):
    assert not os.path.exists(path), path
print("files agree:", " ".join(sorted(os.listdir(work))))
for line in sorted(f"{path} {path.lstat().st_ino} {path.lstat().st_size} {path.lstat().st_mtime_ns}" for path in work.rglob("*")):
    print(line)
