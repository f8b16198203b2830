// Reads and verifies statements with @auth0/cose, cbor-x and Node's crypto: with nothing of this project.

import { createHash } from 'node:crypto';
import { Algorithms, COSEKey, Headers, Sign1 } from '@auth0/cose';
import { Decoder, Encoder } from 'cbor-x';
import { equal } from './checks.mjs';

const cwtClaims = 15; // RFC 9597
const confirmation = 8; // RFC 8747
const receipts = 394; // RFC 9942
const decoder = new Decoder({ mapsAsObjects: false });
const encoder = new Encoder({ tagUint8Array: false, useRecords: false });

export const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
export const decodeCbor = (bytes) => decoder.decode(bytes);

/**
 * Verifies a statement with the key that it carries. Returns its parts, or throws if the signature is not that key's or if kid
 * and issuer do not name that key. `bare` is the statement with an empty unprotected header, as the node signed it.
 */
export async function verifyStatement(bytes) {
  // Sign1.decode takes untagged messages too; a statement is a tagged one.
  equal('the first byte', bytes[0], 0xd2);
  const sign1 = Sign1.decode(bytes);
  const claims = sign1.protectedHeaders.get(cwtClaims);
  const coseKey = claims.get(confirmation).get(1);
  const key = await COSEKey.import(coseKey).toKeyLike();
  await sign1.verify(key, { algorithms: [Algorithms.EdDSA] });

  const kid = Buffer.from(sign1.protectedHeaders.get(Headers.KeyID)).toString('base64url');
  const publicKey = Buffer.from(coseKey.get(-2));
  equal('kid', kid, thumbprint(publicKey));
  equal('issuer', claims.get(1), `urn:vcp:node:${kid}`);
  return {
    kid,
    key,
    publicKey: publicKey.toString('base64url'),
    subject: claims.get(2),
    protectedBytes: Buffer.from(sign1.encodedProtectedHeaders),
    payloadBytes: Buffer.from(sign1.payload),
    payload: decodeCbor(sign1.payload),
    receipts: sign1.unprotectedHeaders.get(receipts) ?? [],
    bare: Buffer.concat([
      Buffer.of(0xd2, 0x84),
      encoder.encode(sign1.encodedProtectedHeaders),
      Buffer.of(0xa0),
      encoder.encode(sign1.payload),
      encoder.encode(sign1.signature),
    ]),
  };
}

/** Flips every bit of the protected header and of the payload, one at a time. Returns how many there were; throws if one goes unnoticed. */
export async function flipEveryBit(bytes) {
  const { key, protectedBytes, payloadBytes } = await verifyStatement(bytes);
  let flips = 0;
  for (const part of [protectedBytes, payloadBytes]) {
    const start = bytes.indexOf(part);
    for (let bit = 0; bit < part.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[start + (bit >> 3)] ^= 1 << (bit & 7);
      // Once by the key of the genuine statement, once by whatever key the flipped one carries.
      if ((await passes(() => Sign1.decode(flipped).verify(key))) || (await passes(() => verifyStatement(flipped)))) {
        throw new Error(`the statement verifies with bit ${bit & 7} of byte ${start + (bit >> 3)} flipped`);
      }
      flips++;
    }
  }
  return flips;
}

/** The execution hash (payload key 16) as the other members make it. */
export function executionHash(payload) {
  const members = [4, 5, 6, 7, 8, 9, 10].map((key) => payload.get(key));
  return sha256(encoder.encode(['vcp-execution-v1', ...members]));
}

/** The root to which an inclusion path leads from a leaf (RFC 9162 §2.1.3.2), as docs/design/trace.md has it; undefined if it leads nowhere. */
export function rootOf(bytes, { index, size, path }) {
  let [node, last, hash] = [index, size - 1, sha256(Buffer.of(0), bytes)];
  for (const sibling of path.map((text) => Buffer.from(text.slice('sha256:'.length), 'hex'))) {
    if (last === 0) {
      return undefined;
    }
    if (node % 2 === 1 || node === last) {
      hash = sha256(Buffer.of(1), sibling, hash);
      while (node % 2 === 0 && node !== 0) {
        [node, last] = [node >> 1, last >> 1];
      }
    } else {
      hash = sha256(Buffer.of(1), hash, sibling);
    }
    [node, last] = [node >> 1, last >> 1];
  }
  return last === 0 ? hash : undefined;
}

/** A blob, [length, root]: the RFC 9162 tree over chunks of 64 KiB. */
export function blob(bytes) {
  const leaves = [];
  for (let start = 0; start < bytes.length; start += 65536) {
    leaves.push(sha256(Buffer.of(0), bytes.subarray(start, start + 65536)));
  }
  return [bytes.length, treeRoot(leaves)];
}

function treeRoot(leaves) {
  if (leaves.length <= 1) {
    return leaves[0] ?? sha256();
  }
  let split = 1;
  while (split * 2 < leaves.length) {
    split *= 2;
  }
  return sha256(Buffer.of(1), treeRoot(leaves.slice(0, split)), treeRoot(leaves.slice(split)));
}

// RFC 9679: SHA-256 of the deterministic encoding of {1: 1 (OKP), -1: 6 (Ed25519), -2: x}.
const thumbprint = (x) => sha256(Buffer.from('a301012006215820', 'hex'), x).toString('base64url');

async function passes(verify) {
  try {
    await verify();
    return true;
  } catch {
    return false;
  }
}
