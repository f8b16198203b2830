"""Hashes, checksums, compression and binary formats."""

import base64
import binascii
import bz2
import gzip
import hashlib
import hmac
import io
import pickle
import tarfile
import zipfile
import zlib

vectors = {
    "md5": "900150983cd24fb0d6963f7d28e17f72",
    "sha1": "a9993e364706816aba3e25717850c26c9cd0d89d",
    "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "sha3_256": "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
    "blake2s": "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982",
}
for name, digest in vectors.items():
    assert hashlib.new(name, b"abc").hexdigest() == digest, name
assert hashlib.sha512(b"").hexdigest().startswith("cf83e1357eefb8bd")
assert hmac.new(b"key", b"message", "sha256").hexdigest() == "6e9ef29b75fffc5b7abae527d58fdadb2fe42e7219011976917343065f58ed4a"

data = b"".join(hashlib.sha256(bytes([n % 7])).digest() for n in range(2000)) + b"\0" * 10000
assert zlib.crc32(data) == binascii.crc32(data) and zlib.adler32(b"abc") == 0x024D0127
for compress, decompress in ((zlib.compress, zlib.decompress), (bz2.compress, bz2.decompress), (gzip.compress, gzip.decompress)):
    packed = compress(data)
    assert decompress(packed) == data and len(packed) < len(data) // 4
    # gzip writes the time into its header: it is virtual, so the bytes are the same in every run.
    print(f"{compress.__module__}: {len(packed)} bytes, sha256 {hashlib.sha256(packed).hexdigest()[:16]}")

archive = io.BytesIO()
with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
    packed.writestr("a/b.txt", "text")
with zipfile.ZipFile(archive) as packed:
    assert packed.testzip() is None and packed.read("a/b.txt") == b"text"
archive = io.BytesIO()
with tarfile.open(fileobj=archive, mode="w:gz") as packed:
    member = tarfile.TarInfo("x")
    member.size = 3
    packed.addfile(member, io.BytesIO(b"abc"))
archive.seek(0)
with tarfile.open(fileobj=archive) as packed:
    assert packed.extractfile("x").read() == b"abc"

tree = {"set": frozenset({1, 2}), "bytes": b"\xff", "big": 10**30, "self": None}
tree["self"] = tree
copy = pickle.loads(pickle.dumps(tree))
assert copy["self"] is copy and copy["big"] == 10**30
assert base64.b64decode(base64.b64encode(data)) == data and base64.b85encode(b"hello") == b"Xk~0{Zv"
print("bytes agree")
