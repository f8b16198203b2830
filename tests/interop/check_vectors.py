#!/usr/bin/env python3
"""Re-derives every vector under tests/Vectors with Python's standard library and nothing of this project.

Usage: check_vectors.py [directory of the vectors]

Written from the standards: CBOR (RFC 8949), COSE_Sign1 (RFC 9052), key thumbprints (RFC 9679), Ed25519 (RFC 8032) and
Merkle trees (RFC 9162). Slow on purpose: it is there to be read.
"""

import base64
import hashlib
import io
import json
import pathlib
import re
import struct
import sys
import tarfile
import uuid

import check_quorum
import chunk_proofs


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def sha3_256(*parts):
    return hashlib.sha3_256(b"".join(parts)).digest()


HASHES = {"sha-256": sha256, "sha3-256": sha3_256}


# --- CBOR: integers, byte and text strings, arrays, maps, tags, false, true, null (RFC 8949) ---


class Fault(Exception):
    """Bytes that are refused, with the name of the check that refuses them."""

    def __init__(self, check, detail):
        super().__init__(f"{check}: {detail}")
        self.check = check


class Tagged:
    def __init__(self, tag, item):
        self.tag, self.item = tag, item


def head(major, value):
    if value < 24:
        return bytes([major << 5 | value])
    for code, form, limit in ((24, ">B", 1 << 8), (25, ">H", 1 << 16), (26, ">I", 1 << 32), (27, ">Q", 1 << 64)):
        if value < limit:
            return bytes([major << 5 | code]) + struct.pack(form, value)
    raise ValueError("an integer of more than 64 bits")


def encode(item):
    """The core deterministic encoding (RFC 8949, section 4.2.1)."""
    if item is None:
        return b"\xf6"
    if isinstance(item, bool):
        return b"\xf5" if item else b"\xf4"
    if isinstance(item, int):
        return head(0, item) if item >= 0 else head(1, -1 - item)
    if isinstance(item, bytes):
        return head(2, len(item)) + item
    if isinstance(item, str):
        text = item.encode("utf-8")
        return head(3, len(text)) + text
    if isinstance(item, list):
        return head(4, len(item)) + b"".join(map(encode, item))
    if isinstance(item, dict):
        entries = sorted((encode(key), encode(value)) for key, value in item.items())
        return head(5, len(entries)) + b"".join(key + value for key, value in entries)
    if isinstance(item, Tagged):
        return head(6, item.tag) + encode(item.item)
    raise TypeError(type(item))


def decode(data):
    """One deterministic item and nothing else."""
    item, end = decode_item(data, 0, 0)
    if end != len(data):
        raise Fault("trailing-bytes", f"{len(data) - end} bytes follow the item")
    return item


def decode_item(data, at, depth):
    if depth > 16:
        raise Fault("well-formed", "nested too deep")
    major, value, start, at = decode_head(data, at)
    if major == 0:
        return value, at
    if major == 1:
        return -1 - value, at
    if major in (2, 3):
        if value > len(data) - at:
            raise Fault("well-formed", "cut inside a string")
        content, at = data[at:at + value], at + value
        if major == 2:
            return content, at
        try:
            return content.decode("utf-8"), at
        except UnicodeDecodeError:
            raise Fault("well-formed", "text that is not UTF-8") from None
    if major == 4:
        items = []
        for _ in range(value):
            item, at = decode_item(data, at, depth + 1)
            items.append(item)
        return items, at
    if major == 5:
        return decode_map(data, at, value, depth)
    if major == 6:
        item, at = decode_item(data, at, depth + 1)
        return Tagged(value, item), at
    if at == start + 1 and value in (20, 21, 22):
        return {20: False, 21: True, 22: None}[value], at
    if at == start + 2 and value < 32:
        raise Fault("well-formed", "a short simple value in two bytes")
    raise Fault("canonical", "a float or a simple value")


def decode_head(data, at):
    start = at
    if at >= len(data):
        raise Fault("well-formed", "cut off")
    major, code, at = data[at] >> 5, data[at] & 31, at + 1
    if code < 24:
        return major, code, start, at
    if code == 31 and 2 <= major <= 5:
        raise Fault("canonical", "an indefinite length")
    if code > 27:
        raise Fault("well-formed", "a reserved length code or a stray break")
    width = 1 << (code - 24)
    if width > len(data) - at:
        raise Fault("well-formed", "cut off inside a head")
    value = int.from_bytes(data[at:at + width], "big")
    if major != 7 and value < (24 if width == 1 else 1 << (4 * width)):
        raise Fault("canonical", "not the shortest form")
    return major, value, start, at + width


def decode_map(data, at, pairs, depth):
    result, previous = {}, None
    for _ in range(pairs):
        start = at
        key, at = decode_item(data, at, depth + 1)
        if previous is not None and data[start:at] <= previous:
            raise Fault("canonical", "map keys not in ascending order")
        previous = data[start:at]
        value, at = decode_item(data, at, depth + 1)
        result[key if isinstance(key, (int, str)) and not isinstance(key, bool) else previous] = value
    return result, at


# --- Ed25519 (RFC 8032, section 5.1) ---

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_MINUS_1 = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1, 1, 0)


def add_points(a, b):
    """Addition in extended homogeneous coordinates, complete for this curve (section 5.1.4)."""
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    w, x, y, z = f - e, h - g, h + g, f + e
    return w * x % P, y * z % P, x * y % P, w * z % P


def times(scalar, point):
    result = NEUTRAL
    while scalar:
        if scalar & 1:
            result = add_points(result, point)
        point = add_points(point, point)
        scalar >>= 1
    return result


def same_point(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def x_of(y, sign):
    """None where no point of the curve has this y, or for the second spelling of x = 0."""
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P != 0:
        x = x * SQRT_MINUS_1 % P
    if (x * x - square) % P != 0 or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def compress(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decompress(data):
    number = int.from_bytes(data, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    x = x_of(y, sign) if y < P else None
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = x_of(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def hash_to_scalar(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % L


def expand(seed):
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little") & ~7 & ((1 << 255) - 1) | 1 << 254
    return scalar, digest[32:]


def public_key(seed):
    return compress(times(expand(seed)[0], BASE))


def sign(seed, message):
    scalar, prefix = expand(seed)
    key = compress(times(scalar, BASE))
    r = hash_to_scalar(prefix, message)
    r_bytes = compress(times(r, BASE))
    s = (r + hash_to_scalar(r_bytes, key, message) * scalar) % L
    return r_bytes + s.to_bytes(32, "little")


def verify(key, message, signature):
    a = decompress(key)
    # A key of low order has no owner: for it, signatures that nobody made fit. RFC 8032 lets a verifier refuse it.
    if a is None or same_point(times(8, a), NEUTRAL) or len(signature) != 64:
        return False
    r, s = decompress(signature[:32]), int.from_bytes(signature[32:], "little")
    if r is None or s >= L:
        return False
    k = hash_to_scalar(signature[:32], key, message)
    return same_point(times(s, BASE), add_points(r, times(k, a)))


# --- Merkle trees (RFC 9162, section 2.1) ---

CHUNK = 64 * 1024


def split_of(count):
    """The largest power of two smaller than the count."""
    return 1 << (count - 1).bit_length() - 1


def tree_root(leaves, digest=sha256):
    if not leaves:
        return digest(b"")
    if len(leaves) == 1:
        return digest(b"\x00", leaves[0])
    split = split_of(len(leaves))
    return digest(b"\x01", tree_root(leaves[:split], digest), tree_root(leaves[split:], digest))


def tree_path(index, leaves):
    if len(leaves) == 1:
        return []
    split = split_of(len(leaves))
    if index < split:
        return tree_path(index, leaves[:split]) + [tree_root(leaves[split:])]
    return tree_path(index - split, leaves[split:]) + [tree_root(leaves[:split])]


def path_leads_to(root, leaf_hash, index, size, path):
    """Section 2.1.3.2."""
    if not 0 <= index < size:
        return False
    fn, sn, node = index, size - 1, leaf_hash
    for sibling in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            node = sha256(b"\x01", sibling, node)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = sha256(b"\x01", node, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and node == root


def blob(data, digest=sha256):
    return [len(data), tree_root([data[at:at + CHUNK] for at in range(0, len(data), CHUNK)], digest)]


# --- Statements ---

CONTENT_TYPE = "application/vnd.ailee.vcp.statement+cbor"
COMPLETED, OUTPUT_LIMIT, NO_EXIT = 0, 3, -1
MEMORY_PAGE_GAS, INPUT_BYTE_GAS, OUTPUT_BYTE_GAS = 1000, 1, 4


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def cose_key(key):
    return {1: 1, -1: 6, -2: key}


def thumbprint(key):
    """RFC 9679: the hash of the required members only."""
    return sha256(encode(cose_key(key)))


def execution_hash(payload):
    members = [payload[key] for key in (4, 5, 6, 7, 8, 9, 10)]
    return HASHES[payload[17]](encode(["vcp-execution-v1", *members]))


def sig_structure(protected, payload):
    return encode(["Signature1", protected, b"", payload])


def require(condition, check, detail):
    if not condition:
        raise Fault(check, detail)


def is_int(value, minimum=-(2**63), maximum=2**63 - 1):
    return isinstance(value, int) and not isinstance(value, bool) and minimum <= value <= maximum


def is_bytes(value, length):
    return isinstance(value, bytes) and len(value) == length


def is_text(value, longest):
    return isinstance(value, str) and len(value.encode("utf-8")) <= longest


def read_header(data):
    header = decode(data)
    require(isinstance(header, dict) and set(header) == {1, 3, 4, 15}, "structure", "members of the protected header")
    require(header[1] in (-8, -19) and is_int(header[1]), "structure", "alg")
    require(header[3] == CONTENT_TYPE, "structure", "content type")
    require(is_bytes(header[4], 32), "structure", "kid")
    claims = header[15]
    require(isinstance(claims, dict) and set(claims) == {1, 2, 6, 7, 8}, "structure", "members of the claims")
    require(is_text(claims[1], 256) and is_text(claims[2], 256), "structure", "iss or sub")
    require(is_int(claims[6]) and is_bytes(claims[7], 8), "structure", "iat or cti")
    confirmation = claims[8]
    require(isinstance(confirmation, dict) and set(confirmation) == {1}, "structure", "cnf")
    key = confirmation[1]
    require(isinstance(key, dict) and set(key) == {1, -1, -2}, "structure", "members of the key")
    require(is_int(key[1], 1, 1) and is_int(key[-1], 6, 6) and is_bytes(key[-2], 32), "structure", "the key")
    return header, claims, key[-2]


def read_payload(data):
    payload = decode(data)
    require(isinstance(payload, dict) and set(payload) == set(range(1, 18)), "structure", "members of the payload")
    require(is_int(payload[1], 1, 1), "structure", "version")
    require(all(is_bytes(payload[key], 16) for key in (2, 3)), "structure", "task id or nonce")
    require(all(is_bytes(payload[key], 32) for key in (4, 5, 7, 10, 11, 16)), "structure", "a digest")
    require(is_text(payload[6], 64), "structure", "entrypoint")
    require(is_int(payload[8], COMPLETED, OUTPUT_LIMIT), "structure", "outcome")
    require(is_int(payload[9], NO_EXIT, 2**32 - 1), "structure", "exit code")
    require(is_int(payload[12], 1), "structure", "trace leaf count")
    require(is_int(payload[13], 0) and is_int(payload[14], 0), "structure", "instructions or gas")
    require(is_int(payload[15], 0, 65536), "structure", "memory pages")
    require(isinstance(payload[17], str) and payload[17] in HASHES, "structure", "hash name")
    require((payload[8] == COMPLETED) == (payload[9] != NO_EXIT), "structure", "exit code of this outcome")
    return payload


def check_statement(data):
    """Raises a Fault that names the first check to fail; returns the claims and the payload."""
    require(len(data) <= 4096, "structure", "too long")
    envelope = decode(data)
    require(isinstance(envelope, Tagged) and envelope.tag == 18, "structure", "not a COSE_Sign1")
    parts = envelope.item
    require(isinstance(parts, list) and len(parts) == 4, "structure", "not four elements")
    require(isinstance(parts[0], bytes) and parts[1] == {} and isinstance(parts[2], bytes), "structure", "an element")
    require(is_bytes(parts[3], 64), "structure", "the signature's length")
    header, claims, key = read_header(parts[0])
    payload = read_payload(parts[2])
    require(claims[2] == f"urn:uuid:{uuid.UUID(bytes=payload[2])}", "structure", "subject is not the task")
    kid = thumbprint(key)
    require(header[4] == kid and claims[1] == "urn:vcp:node:" + base64url(kid), "kid", "not the key's thumbprint")
    require(verify(key, sig_structure(parts[0], parts[2]), parts[3]), "signature", "not by this key")
    require(payload[16] == execution_hash(payload), "execution-hash", "not that of the members")
    return claims, payload


# --- The vectors ---


def expect(name, what, actual, expected):
    if actual != expected:
        raise AssertionError(f"{name}: {what} is {show(actual)}, the vector says {show(expected)}")


def show(value):
    return value.hex() if isinstance(value, bytes) else repr(value)


def scalars(values):
    return [[value["type"], int(value["bits"])] for value in values]


def invocation_bytes(fields, digest):
    function, passes_bytes = fields["functionArguments"], fields["passesBytes"]
    if [function is not None, fields["args"] is not None, passes_bytes].count(True) != 1:
        raise AssertionError("a command has args, a function has functionArguments or passes bytes")
    arguments = {1: None} if passes_bytes else fields["args"] if function is None else {0: scalars(function)}
    manifest = fields["bundleManifestHex"]
    environment = sorted(fields["env"].items(), key=lambda item: item[0].encode("utf-8"))
    limits = fields["limits"]
    names = ("memoryBytes", "instructions", "stdoutBytes", "stderrBytes", "tableElements",
             "scratchBytes", "scratchEntries", "descriptors")
    return encode([
        arguments,
        [list(variable) for variable in environment],
        blob(bytes.fromhex(fields["stdinHex"]), digest),
        None if manifest is None else digest(bytes.fromhex(manifest)),
        sorted(fields["outputs"], key=lambda pattern: pattern.encode("utf-8")),
        bytes.fromhex(fields["seed"]),
        int(fields["clock"]),
        {key: int(limits[name]) for key, name in enumerate(names, 1)},
    ])


def output_bytes(fields, digest):
    stdout, stderr = bytes.fromhex(fields["stdoutHex"]), bytes.fromhex(fields["stderrHex"])
    files = {file["path"]: blob(repeated(file), digest) for file in fields["files"]}
    return encode([blob(stdout, digest), blob(stderr, digest), scalars(fields["results"]), fields["trap"], files])


def repeated(vector):
    """A pattern, repeated and cut at a length."""
    pattern, length = bytes.fromhex(vector["patternHex"]), vector["length"]
    return (pattern * (length // len(pattern) + 1))[:length] if pattern else b""


def payload_map(vector, invocation, output):
    """Every member from the fields or computed; none is taken from the bytes of the vector."""
    fields = vector["payload"]
    digest = HASHES[fields["hashName"]]
    trace = [bytes.fromhex(leaf) for leaf in vector["traceLeavesHex"]]
    stdin, stdout, stderr = (
        len(vector[part][name]) // 2
        for part, name in (("invocation", "stdinHex"), ("output", "stdoutHex"), ("output", "stderrHex")))
    instructions, pages = int(fields["instructions"]), fields["memoryPages"]
    payload = {
        1: 1,
        2: uuid.UUID(fields["task"]).bytes,
        3: bytes.fromhex(fields["nonce"]),
        4: bytes.fromhex(fields["profile"]),
        5: digest(bytes.fromhex(vector["moduleHex"])),
        6: fields["entrypoint"],
        7: digest(invocation),
        8: fields["outcome"],
        9: fields["exitCode"],
        10: digest(output),
        11: tree_root(trace, digest),
        12: len(trace),
        13: instructions,
        14: instructions + MEMORY_PAGE_GAS * pages + INPUT_BYTE_GAS * (len(invocation) + stdin)
        + OUTPUT_BYTE_GAS * (len(output) + stdout + stderr + sum(file["length"] for file in vector["output"]["files"])),
        15: pages,
        17: fields["hashName"],
    }
    payload[16] = execution_hash(payload)
    return payload


def check_valid(vector):
    name, fields, header = vector["name"], vector["payload"], vector["header"]
    seed = bytes.fromhex(vector["privateKeySeed"])
    key = public_key(seed)
    kid = thumbprint(key)
    expect(name, "public key", key.hex(), vector["publicKey"])
    expect(name, "kid", base64url(kid), vector["kid"])

    digest = HASHES[fields["hashName"]]
    invocation, output = invocation_bytes(vector["invocation"], digest), output_bytes(vector["output"], digest)
    expect(name, "invocation", invocation.hex(), vector["invocation"]["hex"])
    expect(name, "output", output.hex(), vector["output"]["hex"])

    payload = payload_map(vector, invocation, output)
    for key_number, field in ((5, "module"), (7, "input"), (10, "output"), (11, "traceRoot"), (16, "executionHash")):
        expect(name, field, payload[key_number].hex(), fields[field])
    expect(name, "execution hash", payload[16].hex(), vector["executionHash"])
    expect(name, "trace leaf count", str(payload[12]), fields["traceLeaves"])
    expect(name, "gas", str(payload[14]), fields["gas"])

    protected = encode({
        1: header["alg"],
        3: CONTENT_TYPE,
        4: kid,
        15: {
            1: "urn:vcp:node:" + base64url(kid),
            2: "urn:uuid:" + fields["task"],
            6: int(header["issuedAt"]),
            7: struct.pack(">Q", int(header["counter"])),
            8: {1: cose_key(key)},
        },
    })
    to_be_signed = sig_structure(protected, encode(payload))
    signature = sign(seed, to_be_signed)
    statement = encode(Tagged(18, [protected, {}, encode(payload), signature]))
    expect(name, "protected header", protected.hex(), vector["protectedHex"])
    expect(name, "payload", encode(payload).hex(), vector["payloadHex"])
    expect(name, "bytes to be signed", to_be_signed.hex(), vector["toBeSignedHex"])
    expect(name, "signature", signature.hex(), vector["signatureHex"])
    expect(name, "statement", statement.hex(), vector["statementHex"])
    expect(name, "statement id", sha256(statement).hex(), vector["statementId"])

    claims, decoded = check_statement(bytes.fromhex(vector["statementHex"]))
    expect(name, "decoded payload", decoded, payload)
    expect(name, "decoded counter", str(int.from_bytes(claims[7], "big")), header["counter"])
    expect(name, "decoded and encoded again", encode(decode(statement)), statement)


def check_invalid(vector):
    try:
        check_statement(bytes.fromhex(vector["statementHex"]))
    except Fault as fault:
        expect(vector["name"], "the failing check", fault.check, vector["check"])
        return
    raise AssertionError(f"{vector['name']}: accepted, but {vector['check']} must fail")


def check_tree(tree):
    leaves = [bytes.fromhex(leaf) for leaf in tree["leavesHex"]]
    root = tree_root(leaves)
    expect(tree["name"], "root", root.hex(), tree["root"])
    expect(tree["name"], "number of proofs", len(tree["proofs"]), len(leaves))
    for index, proof in enumerate(tree["proofs"]):
        expect(tree["name"], "index", proof["index"], index)
        expect(tree["name"], f"path of {index}", [part.hex() for part in tree_path(index, leaves)], proof["path"])
        path = [bytes.fromhex(part) for part in proof["path"]]
        leaf_hash = sha256(b"\x00", leaves[index])
        accepted = path_leads_to(root, leaf_hash, index, len(leaves), path)
        expect(tree["name"], f"whether the proof of {index} verifies", accepted, True)


def check_invalid_proof(proof):
    path = [bytes.fromhex(part) for part in proof["path"]]
    accepted = path_leads_to(
        bytes.fromhex(proof["root"]), bytes.fromhex(proof["leafHash"]), proof["index"], proof["size"], path)
    expect(proof["name"], "whether it verifies", accepted, False)


def check_blob(vector):
    length = vector["length"]
    commitment = blob(repeated(vector))
    expect(vector["name"], "root", commitment[1].hex(), vector["root"])
    expect(vector["name"], "encoding", encode(commitment).hex(), vector["hex"])
    expect(vector["name"], "number of chunks", -(-length // CHUNK), vector["chunks"])


def check_chunk_proof(vector):
    expect(vector["name"], "paths", [chunk["path"] for chunk in vector["chunks"]], chunk_proofs.expected_paths(vector, tree_path))
    expect(vector["name"], "whether it verifies", chunk_proofs.verdict(vector, path_leads_to), True)


def check_invalid_chunk_proof(vector):
    expect(vector["name"], "whether it verifies", chunk_proofs.verdict(vector, path_leads_to), False)


# --- Bundles (docs/design/bundle.md) ---

KINDS = {"directory": 0, "file": 1, "symlink": 2}


def manifest_entry(entry, digest):
    path, kind = entry["path"], KINDS[entry["kind"]]
    return [path, kind] + (blob(repeated(entry), digest) if kind == 1 else [entry["target"]] if kind == 2 else [])


def tar_header(name, link, kind, mode, size):
    fields = (
        name[:100].ljust(100, b"\0") + b"%07o\0" % mode + b"%07o\0" % 0 * 2 + b"%011o\0" % size + b"%011o\0" % 0 + b" " * 8
        + kind + link[:100].ljust(100, b"\0") + b"ustar\x0000" + b"\0" * 64 + b"%07o\0" % 0 * 2)
    block = bytearray(fields.ljust(512, b"\0"))
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def pax_record(keyword, value):
    if len(value) <= 100:
        return b""
    rest = b" " + keyword + b"=" + value + b"\n"
    length = len(rest)
    while length != len(rest) + len(str(length)):
        length = len(rest) + len(str(length))
    return str(length).encode() + rest


def padded(data):
    return data + b"\0" * (-len(data) % 512)


def tar_entry(entry):
    kind = entry["kind"]
    name = (entry["path"] + ("/" if kind == "directory" else "")).encode("utf-8")
    link = (entry["target"] or "").encode("utf-8")
    content = repeated(entry) if kind == "file" else b""
    records = pax_record(b"linkpath", link) + pax_record(b"path", name)
    extension = tar_header(b"pax", b"", b"x", 0o644, len(records)) + padded(records) if records else b""
    flag, mode = {"directory": (b"5", 0o755), "file": (b"0", 0o644), "symlink": (b"2", 0o777)}[kind]
    return extension + tar_header(name, link, flag, mode, len(content)) + padded(content)


def sorted_entries(vector):
    return sorted(vector["entries"], key=lambda entry: entry["path"].encode("utf-8"))


def manifest_bytes(vector, digest):
    return encode(["vcp-bundle-v1", [manifest_entry(entry, digest) for entry in sorted_entries(vector)], vector["preopens"]])


def check_named_bundle(statement, bundles):
    """The bundle of a statement is one of the bundles here, its contents committed to under the statement's hash."""
    manifest = statement["invocation"]["bundleManifestHex"]
    digest = HASHES[statement["payload"]["hashName"]]
    known = any(manifest_bytes(bundle, digest).hex() == manifest for bundle in bundles)
    expect(statement["name"], "whether its bundle is known", known, True)


def check_bundle(vector):
    entries = sorted_entries(vector)
    manifest = manifest_bytes(vector, sha256)
    tar = b"".join(map(tar_entry, entries)) + b"\0" * 1024
    expect(vector["name"], "manifest", manifest.hex(), vector["manifestHex"])
    expect(vector["name"], "digest", sha256(manifest).hex(), vector["digest"])
    expect(vector["name"], "length of the tar", len(tar), vector["tarBytes"])
    expect(vector["name"], "tar", sha256(tar).hex(), vector["tarSha256"])
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        expect(vector["name"], "paths by tarfile", archive.getnames(), [entry["path"] for entry in entries])


# --- Patterns of outputs (docs/design/bundle.md) ---


def canonical_patterns(patterns):
    """None where one is refused."""
    found = set()
    for pattern in patterns:
        start = 2 if pattern.startswith("./") else 1 if pattern.startswith("/") else 0
        rest = pattern[start:]
        rest = rest[:-1] if rest.endswith("/") else rest
        rest = "**" if rest == "." or (rest == "" and start > 0) else rest
        if "\0" in rest or any(part in ("", ".", "..") for part in rest.split("/")):
            return None
        found.add(rest)
    if len(patterns) > 64 or sum(len(pattern.encode("utf-8")) for pattern in found) > 1024:
        return None
    return sorted(found, key=lambda pattern: pattern.encode("utf-8"))


def names_fit(pattern, names):
    """Whether the pattern's segments fit all of the names, or some of the first and so a directory above."""
    if not pattern:
        return True
    if pattern[0] == "**":
        return names_fit(pattern[1:], names) or (bool(names) and names_fit(pattern, names[1:]))
    expression = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern[0])
    return bool(names) and re.fullmatch(expression, names[0], re.DOTALL) is not None and names_fit(pattern[1:], names[1:])


def check_patterns(vector):
    canonical = canonical_patterns(vector["patterns"])
    expect(vector["name"], "canonical form", canonical, vector["canonical"])
    for paths, expected in ((vector["matches"], True), (vector["doesNotMatch"], False)):
        for path in paths:
            fits = any(names_fit(pattern.split("/"), path.split("/")) for pattern in canonical)
            expect(vector["name"], f"whether {path!r} matches", fits, expected)


def main():
    import check_log  # these two are built on this module, so not before it is whole
    import check_nodes

    default = pathlib.Path(__file__).resolve().parent.parent / "Vectors"
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default

    def load(name):
        return json.loads((folder / name).read_text(encoding="utf-8"))

    merkle, parts, quorum = load("merkle.json"), load("chunk-proofs.json"), load("quorum.json")
    statements, bundles = load("statements.json"), load("bundles.json")
    groups = (
        (check_valid, statements),
        (lambda statement: check_named_bundle(statement, bundles), [each for each in statements if each["invocation"]["bundleManifestHex"]]),
        (check_invalid, load("invalid-statements.json")),
        (check_tree, merkle["trees"]),
        (check_invalid_proof, merkle["invalidProofs"]),
        (check_blob, load("blobs.json")),
        (check_chunk_proof, parts["proofs"]),
        (check_invalid_chunk_proof, parts["invalidProofs"]),
        (check_bundle, bundles),
        (check_patterns, load("output-patterns.json")),
        (check_quorum.check_policy, quorum["policies"]),
        (check_quorum.check_task, quorum["tasks"]),
        *check_log.groups(load),
        *check_nodes.groups(load),
    )
    passed, failures = 0, []
    for check, vectors in groups:
        if not vectors:
            failures.append(f"{check.__name__}: no vectors")
        for vector in vectors:
            try:
                check(vector)
                passed += 1
            except Exception as exception:  # one bad vector must not hide the others
                failures.append(f"{vector.get('name', '?')}: {type(exception).__name__}: {exception}")
    for failure in failures:
        print(f"FAILED {failure}", file=sys.stderr)
    if failures:
        print(f"{len(failures)} vectors failed, {passed} ok", file=sys.stderr)
        return 1
    print(f"{passed} vectors ok")
    return 0


if __name__ == "__main__":
    sys.exit(main())
