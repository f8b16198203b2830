"""Re-derives the vectors of the log and of orchestrators' statements, from docs/design/statement.md and log.md.

Called by check_vectors.py, with Python's standard library and nothing of this project. Written from RFC 9162 (trees and proofs),
RFC 9942 (receipts) and C2SP signed-note, tlog-checkpoint, tlog-cosignature and tlog-tiles.
"""

import base64
import re
import struct
import uuid

from check_vectors import (
    Fault, NO_EXIT, OUTPUT_LIMIT, Tagged, base64url, check_statement, cose_key, decode, encode, expect, is_bytes, is_int, is_text,
    public_key, require, sha256, sig_structure, sign, split_of, thumbprint, verify)

# Keys of each kind's payload.
MEMBERS = {"genesis": 5, "enrolment": 4, "certificate": 6, "divergence": 5, "revocation": 3, "quarantine": 3, "release": 2, "rotation": 5}
TYPES = {kind: f"application/vnd.ailee.vcp.{kind}+cbor" for kind in MEMBERS}
LONGEST_STATEMENT, MOST_RECEIPTS, LONGEST_RECEIPT, MOST_VOTES = 4096, 8, 4096, 16
LOG_KEY, WITNESS_KEY = 1, 4


# --- Orchestrators' statements ---


def payload_of(vector):
    """The payload's map, from the fields alone."""
    if vector["genesis"]:
        fields = vector["genesis"]
        return {1: 1, 2: fields["origin"], 3: cose_key(bytes.fromhex(fields["logKey"])), 4: "sha-256", 5: fields["policy"]}
    if vector["enrolment"]:
        fields = vector["enrolment"]
        return {1: 1, 2: cose_key(bytes.fromhex(fields["publicKey"])), 3: fields["owner"], 4: fields["name"]}
    if vector["certificate"]:
        fields = vector["certificate"]
        votes = [[bytes.fromhex(vote["kid"]), vote["owner"], bytes.fromhex(vote["statement"])] for vote in fields["votes"]]
        return {1: 1, 2: uuid.UUID(fields["task"]).bytes, 3: bytes.fromhex(fields["payloadDigest"]),
                4: fields["quorum"], 5: fields["replicas"], 6: votes}
    if vector["standing"]:
        fields = vector["standing"]
        return {1: 1, 2: bytes.fromhex(fields["nodeKid"])} | ({} if fields["reason"] is None else {3: fields["reason"]})
    if vector["rotation"]:
        fields = vector["rotation"]
        return {1: 1, 2: bytes.fromhex(fields["oldKid"]), 3: cose_key(bytes.fromhex(fields["publicKey"])), 4: fields["owner"], 5: fields["name"]}
    fields = vector["divergence"]
    difference = fields["difference"]
    return {1: 1, 2: uuid.UUID(fields["task"]).bytes, 3: fields["hashName"], 4: [claim_of(claim) for claim in fields["claims"]],
            5: difference and [difference["field"], difference["leaf"], difference["record"]]}


def claim_of(fields):
    statement = fields["statement"]
    return [bytes.fromhex(fields["kid"]), fields["owner"], statement and bytes.fromhex(statement), fields["outcome"], fields["exitCode"],
            bytes.fromhex(fields["output"]), int(fields["instructions"]), bytes.fromhex(fields["traceRoot"])]


def subject_of(kind, payload):
    if kind == "genesis":
        return payload[2]
    if kind == "enrolment":
        return "urn:vcp:node:" + base64url(sha256(encode(payload[2])))
    if kind in ("revocation", "quarantine", "release", "rotation"):
        return "urn:vcp:node:" + base64url(payload[2])
    return f"urn:uuid:{uuid.UUID(bytes=payload[2])}"


def check_orchestrator(vector):
    name, kind, seed = vector["name"], vector["kind"], bytes.fromhex(vector["privateKeySeed"])
    key, payload = public_key(seed), payload_of(vector)
    kid, subject = thumbprint(key), subject_of(kind, payload)
    protected = encode({1: -8, 3: TYPES[kind], 4: kid, 15: {
        1: "urn:vcp:orchestrator:" + base64url(kid), 2: subject, 6: int(vector["issuedAt"]),
        7: struct.pack(">Q", int(vector["counter"])), 8: {1: cose_key(key)}}})
    statement = encode(Tagged(18, [protected, {}, encode(payload), sign(seed, sig_structure(protected, encode(payload)))]))
    expect(name, "public key", key.hex(), vector["publicKey"])
    expect(name, "kid", base64url(kid), vector["kid"])
    expect(name, "subject", subject, vector["subject"])
    expect(name, "protected header", protected.hex(), vector["protectedHex"])
    expect(name, "payload", encode(payload).hex(), vector["payloadHex"])
    expect(name, "statement", statement.hex(), vector["statementHex"])
    expect(name, "id", sha256(statement).hex(), vector["statementId"])
    expect(name, "subject as read", read_any(statement), subject)


def is_key(item):
    return isinstance(item, dict) and set(item) == {1, -1, -2} and is_int(item[1], 1, 1) and is_int(item[-1], 6, 6) and is_bytes(item[-2], 32)


def is_vote(item):
    return isinstance(item, list) and len(item) == 3 and is_bytes(item[0], 32) and is_text(item[1], 128) and is_bytes(item[2], 32)


def is_claim(item):
    return (isinstance(item, list) and len(item) == 8 and is_bytes(item[0], 32) and is_text(item[1], 128)
            and (item[2] is None or is_bytes(item[2], 32)) and is_int(item[3], 0, OUTPUT_LIMIT) and is_int(item[4], NO_EXIT, 2**32 - 1)
            and is_bytes(item[5], 32) and is_int(item[6], 0) and is_bytes(item[7], 32))


def is_index(item):
    return item is None or is_int(item, 0)


def is_decision(payload):
    votes, quorum, replicas = payload[6], payload[4], payload[5]
    if not (isinstance(votes, list) and 1 <= len(votes) <= MOST_VOTES and all(map(is_vote, votes))):
        return False
    if not (is_int(quorum, 1, MOST_VOTES) and is_int(replicas, 1, MOST_VOTES)):
        return False
    nodes, owners = [vote[0] for vote in votes], {vote[1] for vote in votes}
    return nodes == sorted(set(nodes)) and len(owners) == len(votes) and len(votes) >= quorum and quorum <= replicas < 2 * quorum


def is_payload(kind, payload):
    if not isinstance(payload, dict) or set(payload) != set(range(1, MEMBERS[kind] + 1)):
        return False
    if not is_int(payload[1], 1, 1):
        return False
    if kind == "genesis":
        return is_text(payload[2], 256) and is_key(payload[3]) and payload[4] == "sha-256" and is_text(payload[5], 128)
    if kind == "enrolment":
        return is_key(payload[2]) and is_text(payload[3], 128) and is_text(payload[4], 128)
    if kind in ("revocation", "quarantine", "release"):
        return is_bytes(payload[2], 32) and (kind == "release" or is_text(payload[3], 128))
    if kind == "rotation":
        return (is_bytes(payload[2], 32) and is_key(payload[3]) and is_text(payload[4], 128) and is_text(payload[5], 128)
                and sha256(encode(payload[3])) != payload[2])
    if not is_bytes(payload[2], 16):
        return False
    if kind == "certificate":
        return is_bytes(payload[3], 32) and is_decision(payload)
    claims, difference = payload[4], payload[5]
    return (is_text(payload[3], 128) and isinstance(claims, list) and 1 <= len(claims) <= MOST_VOTES and all(map(is_claim, claims))
            and (difference is None or isinstance(difference, list) and len(difference) == 3 and is_text(difference[0], 128)
                 and is_index(difference[1]) and is_index(difference[2])))


def read_any(data):
    """The subject of a statement of any kind, whose signature is right. Raises a Fault that names the first check to fail."""
    require(len(data) <= LONGEST_STATEMENT, "structure", "too long")
    parts = envelope_of(data)
    require(parts[1] == {}, "structure", "the unprotected header")
    header = decode(parts[0])
    require(isinstance(header, dict) and set(header) == {1, 3, 4, 15}, "structure", "members of the protected header")
    kind = next((kind for kind, text in TYPES.items() if text == header[3]), None)
    if kind is None:
        return check_statement(data)[0][2]
    claims = header[15]
    require(is_int(header[1]) and header[1] in (-8, -19) and is_bytes(header[4], 32), "structure", "alg or kid")
    require(isinstance(claims, dict) and set(claims) == {1, 2, 6, 7, 8}, "structure", "members of the claims")
    require(is_text(claims[1], 256) and is_text(claims[2], 256) and is_int(claims[6]) and is_bytes(claims[7], 8), "structure", "a claim")
    require(isinstance(claims[8], dict) and set(claims[8]) == {1} and is_key(claims[8][1]), "structure", "cnf")
    payload = decode(parts[2])
    require(is_payload(kind, payload) and claims[2] == subject_of(kind, payload), "structure", f"payload or subject of a {kind}")
    key = claims[8][1][-2]
    kid = thumbprint(key)
    require(header[4] == kid and claims[1] == "urn:vcp:orchestrator:" + base64url(kid), "kid", "not the key's thumbprint")
    require(verify(key, sig_structure(parts[0], parts[2]), parts[3]), "signature", "not by this key")
    return claims[2]


def envelope_of(data):
    envelope = decode(data)
    require(isinstance(envelope, Tagged) and envelope.tag == 18, "structure", "not a COSE_Sign1")
    parts = envelope.item
    require(isinstance(parts, list) and len(parts) == 4 and isinstance(parts[0], bytes), "structure", "not four elements")
    require(isinstance(parts[1], dict) and (parts[2] is None or isinstance(parts[2], bytes)) and is_bytes(parts[3], 64), "structure", "an element")
    return parts


# --- Receipts (RFC 9942) and the files that carry them ---


def receipt_bytes(seed, origin, subject, index, size, path, root):
    protected = encode({1: -8, 4: thumbprint(public_key(seed)), 15: {1: origin, 2: subject}, 395: 1})
    return encode(Tagged(18, [protected, {396: {-1: [encode([size, index, path])]}}, None, sign(seed, sig_structure(protected, root))]))


def read_receipt(data):
    require(len(data) <= LONGEST_RECEIPT, "structure", "too long")
    parts = envelope_of(data)
    header = decode(parts[0])
    require(isinstance(header, dict) and set(header) == {1, 4, 15, 395}, "structure", "members of the protected header")
    claims = header[15]
    require(is_int(header[1]) and header[1] in (-8, -19) and is_bytes(header[4], 32) and is_int(header[395], 1, 1), "structure", "alg, kid or tree")
    require(isinstance(claims, dict) and set(claims) == {1, 2} and all(is_text(claims[key], 256) for key in (1, 2)), "structure", "claims")
    proofs = parts[1].get(396)
    require(set(parts[1]) == {396} and isinstance(proofs, dict) and set(proofs) == {-1}, "structure", "members of the unprotected header")
    require(isinstance(proofs[-1], list) and len(proofs[-1]) == 1 and isinstance(proofs[-1][0], bytes), "structure", "not one proof")
    proof = decode(proofs[-1][0])
    require(isinstance(proof, list) and len(proof) == 3 and is_int(proof[0]) and is_int(proof[1], 0, proof[0] - 1), "structure", "size or index")
    require(isinstance(proof[2], list) and len(proof[2]) <= 63 and all(is_bytes(part, 32) for part in proof[2]), "structure", "the path")
    require(parts[2] is None, "structure", "the payload is not detached")
    return header[4], claims[1], claims[2], proof, parts


def check_file(data, origin, key):
    """A statement with receipts, by the log's key."""
    require(len(data) <= LONGEST_STATEMENT + MOST_RECEIPTS * LONGEST_RECEIPT, "structure", "too long")
    parts = envelope_of(data)
    require(set(parts[1]) <= {394}, "structure", "something beside the receipts")
    receipts = parts[1].get(394, [])
    require(isinstance(receipts, list) and all(isinstance(receipt, bytes) for receipt in receipts), "structure", "receipts are byte strings")
    require(not parts[1] or 1 <= len(receipts) <= MOST_RECEIPTS, "structure", "number of receipts")
    statement = encode(Tagged(18, [parts[0], {}, *parts[2:]]))
    subject = read_any(statement)
    require(receipts, "receipt", "none")
    try:
        read = [read_receipt(receipt) for receipt in receipts]
    except Fault as fault:
        raise Fault("receipt", str(fault)) from None
    require(all(receipt[2] == subject for receipt in read), "receipt", "about another subject")
    asked = [receipt for receipt in read if receipt[0] == thumbprint(key)]
    require(asked and all(receipt[1] == origin for receipt in asked), "receipt-key", "not by the log")
    for _, _, _, (size, index, path), envelope in asked:
        root = root_from(sha256(b"\x00", sha256(statement)), index, size, path)
        require(root is not None, "receipt-path", "index, size and path do not fit")
        require(verify(key, sig_structure(envelope[0], root), envelope[3]), "receipt-signature", "the log did not sign this root")


# --- The tree (RFC 9162, sections 2.1.3 and 2.1.4) ---


def root_from(node, index, size, path):
    fn, sn = index, size - 1
    for sibling in path:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            node = sha256(b"\x01", sibling, node)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = sha256(b"\x01", node, sibling)
        fn, sn = fn >> 1, sn >> 1
    return node if sn == 0 else None


def hash_of(leaves):
    if len(leaves) <= 1:
        return leaves[0] if leaves else sha256(b"")
    split = split_of(len(leaves))
    return sha256(b"\x01", hash_of(leaves[:split]), hash_of(leaves[split:]))


def inclusion_path(index, leaves):
    if len(leaves) == 1:
        return []
    split = split_of(len(leaves))
    if index < split:
        return inclusion_path(index, leaves[:split]) + [hash_of(leaves[split:])]
    return inclusion_path(index - split, leaves[split:]) + [hash_of(leaves[:split])]


def consistency_path(size, leaves, whole=True):
    """PROOF and SUBPROOF of section 2.1.4.1."""
    if size == len(leaves):
        return [] if whole else [hash_of(leaves)]
    split = split_of(len(leaves))
    if size <= split:
        return consistency_path(size, leaves[:split], whole) + [hash_of(leaves[split:])]
    return consistency_path(size - split, leaves[split:], False) + [hash_of(leaves[:split])]


def is_consistent(first, second, first_root, second_root, path):
    """Section 2.1.4.2; nothing is the beginning of everything, and a tree of itself."""
    if not 0 <= first <= second:
        return False
    if first == second:
        return not path and first_root == second_root and (first > 0 or first_root == sha256(b""))
    if first == 0:
        return not path and first_root == sha256(b"")
    if not path:
        return False
    if first & (first - 1) == 0:
        path = [first_root, *path]
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for part in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = sha256(b"\x01", part, fr), sha256(b"\x01", part, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = sha256(b"\x01", sr, part)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first_root and sr == second_root


# --- Notes, checkpoints, cosignatures and keys (C2SP) ---


def key_id(name, kind, key):
    return sha256(name.encode(), b"\n", bytes([kind]), key)[:4]


def verifier_key(name, kind, key):
    return f"{name}+{key_id(name, kind, key).hex()}+{base64.b64encode(bytes([kind]) + key).decode()}"


def base64_of(text):
    """Standard base64 with padding and no spare bits; None for anything else."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return data if base64.b64encode(data).decode() == text else None


def is_name(text):
    return text != "" and "+" not in text and not any(c.isspace() for c in text)


def read_key(text):
    parts = text.split("+", 2)
    data = base64_of(parts[2]) if len(parts) == 3 else None
    if data is None or len(data) != 33 or data[0] not in (LOG_KEY, WITNESS_KEY) or not is_name(parts[0]):
        return None
    return (parts[0], data[0], data[1:]) if verifier_key(parts[0], data[0], data[1:]) == text else None


def read_note(text):
    """The text and the lines (name, key id, signature); None if it is no note."""
    if any(ord(c) < 32 and c != "\n" for c in text) or "\n\n" not in text or not text.endswith("\n"):
        return None
    body, lines = text.rsplit("\n\n", 1)
    signatures = []
    for line in lines.split("\n")[:-1]:
        found = re.fullmatch("— (\\S+) (\\S+)", line)
        data = base64_of(found[2]) if found and is_name(found[1]) else None
        if data is None or len(data) <= 4:
            return None
        signatures.append((found[1], data[:4], data[4:]))
    return (body + "\n", signatures) if signatures else None


def read_checkpoint(text):
    found = re.fullmatch("([^\n]+)\n(0|[1-9][0-9]*)\n([^\n]+)\n", text)
    root = base64_of(found[3]) if found else None
    return None if root is None or len(root) != 32 or int(found[2]) >= 2**63 else (found[1], int(found[2]), root)


def note_is_by(note, name, kind, key):
    text, signatures = note
    asked = [signature for line, identity, signature in signatures if (line, identity) == (name, key_id(name, kind, key))]
    return asked != [] and all(is_over(text, signature, kind, key) for signature in asked)


def is_over(text, signature, kind, key):
    if kind == LOG_KEY:
        return verify(key, text.encode(), signature)
    time = int.from_bytes(signature[:8], "big")
    return time < 2**63 and verify(key, cosigned(text, time), signature[8:])


def cosigned(text, time):
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def signature_line(name, kind, seed, signature):
    return f"— {name} {base64.b64encode(key_id(name, kind, public_key(seed)) + signature).decode()}\n"


# --- Tiles (C2SP tlog-tiles) ---


def tile_index(number):
    groups = f"{number % 1000:03}"
    while number := number // 1000:
        groups = f"x{number % 1000:03}/{groups}"
    return groups


def is_tile_path(text):
    found = re.fullmatch(r"(0|[1-9][0-9]?|entries)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", text)
    return (found is not None and (found[1] == "entries" or int(found[1]) <= 63) and not found[2].startswith("x000")
            and (found[3] is None or int(found[3]) <= 255))


def tiles_of(leaves, entries):
    """Path and bytes of every tile, and of every entry bundle."""
    tiles, bundles, level, hashes = {}, {}, 0, leaves
    while hashes:
        for start in range(0, len(hashes), 256):
            part = hashes[start:start + 256]
            name = tile_index(start // 256) + ("" if len(part) == 256 else f".p/{len(part)}")
            tiles[f"{level}/{name}"] = b"".join(part)
            if level == 0:
                bundles[f"entries/{name}"] = b"".join(struct.pack(">H", len(entry)) + entry for entry in entries[start:start + 256])
        hashes = [hash_of(hashes[start:start + 256]) for start in range(0, len(hashes) // 256 * 256, 256)]
        level += 1
    return tiles, bundles


# --- The vectors ---


class Log:
    def __init__(self, vectors):
        self.vectors = vectors
        self.seed, self.witness_seed = bytes.fromhex(vectors["privateKeySeed"]), bytes.fromhex(vectors["witnessSeed"])
        self.key, self.origin = public_key(self.seed), vectors["origin"]
        self.statements = [bytes.fromhex(statement) for statement in vectors["statementsHex"]]
        filled = [sha256(f"entry {index}".encode()) for index in range(len(self.statements), vectors["size"])]
        self.entries = [sha256(statement) for statement in self.statements] + filled
        self.leaves = [sha256(b"\x00", entry) for entry in self.entries]

    def check_keys(self, vectors):
        witness, name = public_key(self.witness_seed), vectors["witnessName"]
        expect("log", "origin", self.origin, "urn:vcp:log:" + base64url(thumbprint(self.key)))
        expect("log", "verifier key", verifier_key(self.origin, LOG_KEY, self.key), vectors["verifierKey"])
        expect("log", "verifier key as read", read_key(vectors["verifierKey"]), (self.origin, LOG_KEY, self.key))
        expect("witness", "verifier key", verifier_key(name, WITNESS_KEY, witness), vectors["witnessVerifierKey"])
        expect("witness", "verifier key as read", read_key(vectors["witnessVerifierKey"]), (name, WITNESS_KEY, witness))

    def check_checkpoint(self, vector):
        size, time, name = vector["size"], int(vector["cosignedAt"]), self.vectors["witnessName"]
        root = hash_of(self.leaves[:size])
        text = f"{self.origin}\n{size}\n{base64.b64encode(root).decode()}\n"
        by_witness = struct.pack(">Q", time) + sign(self.witness_seed, cosigned(text, time))
        note = text + "\n" + signature_line(self.origin, LOG_KEY, self.seed, sign(self.seed, text.encode())) + signature_line(
            name, WITNESS_KEY, self.witness_seed, by_witness)
        expect(f"checkpoint {size}", "root", root.hex(), vector["root"])
        expect(f"checkpoint {size}", "text", text, vector["text"])
        expect(f"checkpoint {size}", "note", note, vector["note"])
        read = read_note(vector["note"])
        expect(f"checkpoint {size}", "checkpoint", read_checkpoint(read[0]), (self.origin, size, root))
        expect(f"checkpoint {size}", "log's signature", note_is_by(read, self.origin, LOG_KEY, self.key), True)
        expect(f"checkpoint {size}", "cosignature", note_is_by(read, name, WITNESS_KEY, public_key(self.witness_seed)), True)

    def check_tiles(self, vectors):
        tiles, bundles = tiles_of(self.leaves, self.entries)
        for expected, computed in ((vectors["tiles"], tiles), (vectors["entryBundles"], bundles)):
            expect("tiles", "names", sorted(tile["path"] for tile in expected), sorted(computed))
            for tile in expected:
                data = computed[tile["path"]]
                expect(tile["path"], "whether it is a path", is_tile_path(tile["path"]), True)
                expect(tile["path"], "length", len(data), tile["bytes"])
                expect(tile["path"], "hash", sha256(data).hex(), tile["sha256"])
                expect(tile["path"], "bytes", data.hex() if tile["hex"] else None, tile["hex"])

    def check_receipt(self, vector):
        index, size = vector["index"], vector["size"]
        name, statement = f"receipt {index} of {size}", self.statements[index]
        path, root = inclusion_path(index, self.leaves[:size]), hash_of(self.leaves[:size])
        receipt = receipt_bytes(self.seed, self.origin, read_any(statement), index, size, path, root)
        protected, _, payload, signature = decode(statement).item
        transparent = encode(Tagged(18, [protected, {394: [receipt]}, payload, signature]))
        expect(name, "subject", read_any(statement), vector["subject"])
        expect(name, "path", [part.hex() for part in path], vector["path"])
        expect(name, "root", root.hex(), vector["root"])
        expect(name, "receipt", receipt.hex(), vector["receiptHex"])
        expect(name, "transparent statement", transparent.hex(), vector["transparentHex"])
        check_file(transparent, self.origin, self.key)

    def check_consistency(self, vector):
        first, second = vector["from"], vector["to"]
        path = consistency_path(first, self.leaves[:second]) if first else []
        expect(f"consistency {first} {second}", "path", [part.hex() for part in path], vector["path"])
        expect(f"consistency {first} {second}", "roots", [hash_of(self.leaves[:size]).hex() for size in (first, second)],
               [vector["fromRoot"], vector["toRoot"]])
        expect(f"consistency {first} {second}", "whether it verifies", consistency_verifies(vector), True)

    def check_invalid(self, vector):
        name = f"{vector['decoder']}: {vector['name']}"
        try:
            accepted = self.accepts(vector["decoder"], vector)
        except Fault as fault:
            expect(name, "the failing check", fault.check, vector["check"])
            return
        expect(name, "whether it is accepted", accepted, False)
        expect(name, "the failing check", None, vector["check"])

    def accepts(self, decoder, vector):
        text, data = vector["text"], vector["hex"] is not None and bytes.fromhex(vector["hex"])
        if decoder == "statement":
            return read_any(data) is not None
        if decoder == "statement-of-the-log":
            return check_file(data, self.origin, self.key) is None
        if decoder == "receipt":
            return read_receipt(data) is not None
        if decoder == "note":
            return read_note(text) is not None
        if decoder == "checkpoint":
            return read_checkpoint(text) is not None
        if decoder == "log-signature":
            return note_is_by(read_note(text), self.origin, LOG_KEY, self.key)
        if decoder == "verifier-key":
            return read_key(text) is not None
        if decoder == "tile-path":
            return is_tile_path(text)
        if decoder == "consistency":
            return consistency_verifies(vector["consistency"])
        raise AssertionError(f"no decoder {decoder}")


def consistency_verifies(vector):
    path = [bytes.fromhex(part) for part in vector["path"]]
    return is_consistent(vector["from"], vector["to"], bytes.fromhex(vector["fromRoot"]), bytes.fromhex(vector["toRoot"]), path)


def groups(load):
    """Pairs of a check and the vectors that it takes."""
    vectors = load("log.json")
    log = Log(vectors)
    return (
        (check_orchestrator, load("orchestrator-statements.json")),
        (log.check_keys, [vectors]),
        (log.check_checkpoint, vectors["checkpoints"]),
        (log.check_tiles, [vectors]),
        (log.check_receipt, vectors["receipts"]),
        (log.check_consistency, vectors["consistency"]),
        (log.check_invalid, load("invalid-log.json")),
    )
