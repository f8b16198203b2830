"""Proofs of parts of blobs: chunk-proofs.json. Written from docs/design/statement.md, "Parts of a blob"."""

import hashlib

CHUNK = 64 * 1024


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def chunks_of(blob_length, offset, length):
    """The indices of the chunks that a range touches; None where it is no range of the blob."""
    if offset < 0 or length < 0 or offset + length > blob_length or (length == 0) != (blob_length == 0):
        return None
    return range(offset // CHUNK, -(-(offset + length) // CHUNK))


def holds(blob, offset, length, chunks, path_leads_to):
    """blob is (length, root), a chunk (index, bytes, path)."""
    blob_length, root = blob
    indices = chunks_of(blob_length, offset, length)
    if indices is None or [index for index, _, _ in chunks] != list(indices):
        return False
    if blob_length == 0:
        return root == sha256()
    size = -(-blob_length // CHUNK)
    return all(
        len(data) == min(CHUNK, blob_length - index * CHUNK) and path_leads_to(root, sha256(b"\x00", data), index, size, path)
        for index, data, path in chunks)


def chunk_bytes(chunk):
    data = bytearray(position % 251 for position in range(chunk["dataFrom"], chunk["dataTo"]))
    if chunk["flippedByte"] is not None:
        data[chunk["flippedByte"]] ^= 1
    return bytes(data)


def verdict(vector, path_leads_to):
    chunks = [(chunk["index"], chunk_bytes(chunk), [bytes.fromhex(part) for part in chunk["path"]]) for chunk in vector["chunks"]]
    return holds((vector["blobLength"], bytes.fromhex(vector["root"])), vector["offset"], vector["length"], chunks, path_leads_to)


def expected_paths(vector, tree_path):
    """The paths of the vector's chunks, from the whole of its data."""
    data = bytes(position % 251 for position in range(vector["blobLength"]))
    leaves = [data[at:at + CHUNK] for at in range(0, len(data), CHUNK)]
    return [[part.hex() for part in tree_path(index, leaves)] for index in chunks_of(len(data), vector["offset"], vector["length"])]
