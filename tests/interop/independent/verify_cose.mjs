#!/usr/bin/env node
// Verifies the signatures of a transparent statement and of its receipt with @auth0/cose, cbor-x and Node's crypto.
//
//   verify_cose.mjs DIR
//
// DIR holds statement.cose and key, the log's verifier key. The node's key travels with the statement; whether it is one to believe
// is another question. Then every signed byte is flipped in turn, and each flip must be noticed.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Algorithms, COSEKey, Headers, Sign1 } from '@auth0/cose';
import { Encoder } from 'cbor-x';
import { check, checkAll, equal } from '../checks.mjs';
import { decodeCbor, rootOf, sha256 } from '../statement.mjs';

const [issuer, subject, cwtClaims, confirmation, receiptsHeader, treeHeader, proofsHeader] = [1, 2, 15, 8, 394, 395, 396];
const encoder = new Encoder({ tagUint8Array: false, useRecords: false });
const thumbprint = (x) => sha256(Buffer.from('a301012006215820', 'hex'), x);
const shown = (hash) => `sha256:${Buffer.from(hash).toString('hex')}`;

/** The parts of a file whose signatures are right. Throws if anything is wrong. */
export async function verifyFile(file, verifierKey) {
  const { envelope, id, receipts } = takeApart(file);
  const claims = envelope.protectedHeaders.get(cwtClaims);
  const coseKey = claims.get(confirmation).get(1);
  await verify(envelope, coseKey);
  equal('kid', Buffer.from(envelope.protectedHeaders.get(Headers.KeyID)).toString('hex'), thumbprint(coseKey.get(-2)).toString('hex'));
  equal('issuer', claims.get(issuer).split(':').at(-1), thumbprint(coseKey.get(-2)).toString('base64url'));
  equal('number of receipts', receipts.length, 1);
  return { id, about: claims.get(subject), by: claims.get(issuer), envelope, ...(await verifyReceipt(receipts[0], id, claims.get(subject), verifierKey)) };
}

async function verifyReceipt(bytes, id, about, verifierKey) {
  equal("the receipt's first byte", bytes[0], 0xd2);
  const receipt = Sign1.decode(bytes);
  const key = logKey(verifierKey);
  const claims = receipt.protectedHeaders.get(cwtClaims);
  equal("the receipt's kid", Buffer.from(receipt.protectedHeaders.get(Headers.KeyID)).toString('hex'), thumbprint(key.x).toString('hex'));
  equal("the receipt's issuer", claims.get(issuer), key.name);
  equal("the receipt's subject", claims.get(subject), about);
  equal('the sort of tree', receipt.protectedHeaders.get(treeHeader), 1);
  equal("the receipt's payload", receipt.payload, null);
  const [proof] = receipt.unprotectedHeaders.get(proofsHeader).get(-1);
  const [size, index, path] = decodeCbor(proof);
  const root = rootOf(id, { index, size, path: path.map(shown) });
  equal('whether index, size and path fit', root !== undefined, true);
  await verify(receipt, new Map([[1, 1], [-1, 6], [-2, key.x]]), root);
  return { index, size, root, receipt, path };
}

// The y coordinates of the points whose order divides 8: under such a key signatures fit that nobody made.
const p = 2n ** 255n - 19n;
const smallOrder = [0n, 1n, p - 1n, 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n, 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n];

function checkPoint(x) {
  const y = BigInt(`0x${Buffer.from(x).reverse().toString('hex')}`) & (2n ** 255n - 1n);
  equal('whether the key is a point of large order, encoded in the one way', y < p && !smallOrder.includes(y), true);
}

async function verify(sign1, coseKey, detachedPayload) {
  checkPoint(coseKey.get(-2));
  const key = await COSEKey.import(coseKey).toKeyLike();
  await sign1.verify(key, { algorithms: [Algorithms.EdDSA], detachedPayload });
}

// The log holds the statement as it was before it got a receipt: with an empty unprotected header.
function takeApart(file) {
  equal('the first byte', file[0], 0xd2);
  const envelope = Sign1.decode(file);
  const strings = [envelope.encodedProtectedHeaders, envelope.payload, envelope.signature].map((part) => encoder.encode(Buffer.from(part)));
  const statement = Buffer.concat([Buffer.of(0xd2, 0x84), strings[0], Buffer.of(0xa0), strings[1], strings[2]]);
  return { envelope, id: sha256(statement), receipts: envelope.unprotectedHeaders.get(receiptsHeader) ?? [] };
}

// name+key id+base64(type and key): C2SP signed-note.
function logKey(text) {
  const [, name, , base64] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)\n$/.exec(text) ?? [];
  const bytes = Buffer.from(base64 ?? '', 'base64');
  equal('type and length of the key', [bytes[0], bytes.length], [1, 33]);
  return { name, x: bytes.subarray(1) };
}

/** Flips one bit of every byte of the signed parts and of the path. Returns how many there were; throws if one goes unnoticed. */
async function flipBytes(file, verifierKey) {
  const { envelope, receipt, path } = await verifyFile(file, verifierKey);
  const parts = [envelope, receipt].flatMap((one) => [one.encodedProtectedHeaders, one.payload, one.signature]).filter((part) => part !== null);
  let flips = 0;
  for (const part of [...parts, ...path]) {
    const start = file.indexOf(Buffer.from(part));
    for (let at = start; at < start + part.length; at++, flips++) {
      const flipped = Buffer.from(file);
      flipped[at] ^= 1 << (at & 7);
      if (await passes(() => verifyFile(flipped, verifierKey))) {
        throw new Error(`the file verifies with byte ${at} flipped`);
      }
    }
  }
  return flips;
}

async function passes(run) {
  try {
    await run();
    return true;
  } catch {
    return false;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [directory] = process.argv.slice(2);
  if (directory === undefined) {
    console.error('usage: verify_cose.mjs DIR');
    process.exit(2);
  }
  await checkAll(async () => {
    const [file, key] = [readFileSync(join(directory, 'statement.cose')), readFileSync(join(directory, 'key'), 'utf8')];
    await check('statement and receipt by @auth0/cose', async () => {
      const { about, by, index, size } = await verifyFile(file, key);
      return `${about} by ${by}; entry ${index} of ${size}`;
    });
    await check('the same with one byte flipped', async () => `${await flipBytes(file, key)} flips, all refused`);
  });
}
