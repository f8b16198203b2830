#!/usr/bin/env node
// Verifies a statement's signature with @auth0/cose and the key that it carries, and that kid is that key's thumbprint.
//
//   verify-statement.mjs FILE [--flip]
//
// With --flip, every bit of the protected header and of the payload is flipped in turn, and each flip must be noticed. Whether
// the key is one to trust is another question: compare the kid that is printed with the id of the node.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { flipEveryBit, verifyStatement } from './statement.mjs';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { flip: { type: 'boolean' } } });
if (positionals.length !== 1) {
  console.error('usage: verify-statement.mjs FILE [--flip]');
  process.exit(2);
}

try {
  const bytes = readFileSync(positionals[0]);
  const { kid, subject } = await verifyStatement(bytes);
  console.log(`valid: ${subject}, signed by ${kid}`);
  if (values.flip) {
    console.log(`${await flipEveryBit(bytes)} single-bit flips of protected header and payload: all rejected`);
  }
} catch (error) {
  console.error(`not valid: ${error.message}`);
  process.exitCode = 1;
}
