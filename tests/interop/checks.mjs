// Counts checks and says what became of each.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect, isDeepStrictEqual } from 'node:util';

const guests = fileURLToPath(new URL('../../examples/guests/', import.meta.url));
export const guestPath = (path) => join(guests, path);
export const readGuest = (path) => readFileSync(guestPath(path));

let [passed, failed] = [0, 0];

/** Runs one check, which fails by throwing and may return a remark, and prints a line about it. */
export async function check(name, run) {
  try {
    const remark = await run();
    passed++;
    console.log(`ok    ${name}${remark ? `  ${remark}` : ''}`);
  } catch (error) {
    failed++;
    process.exitCode = 1;
    console.log(`FAIL  ${name}: ${error.message}${error.cause ? ` (${error.cause.message})` : ''}`);
  }
}

/** Runs a body of checks and prints the closing line. No check at all is a failure too: something was not found. */
export async function checkAll(body) {
  try {
    await body();
  } catch (error) {
    await check('all checks', () => Promise.reject(error));
  }
  if (passed === 0) {
    process.exitCode = 1;
  }
  console.log(`${passed} interop checks passed, ${failed} failed`);
}

export function equal(what, actual, expected) {
  if (!isDeepStrictEqual(actual, expected)) {
    throw new Error(`${what} is ${show(actual)} instead of ${show(expected)}`);
  }
}

function show(value) {
  const text = value instanceof Uint8Array ? Buffer.from(value).toString('hex') : inspect(value, { breakLength: Infinity });
  return text.length > 200 ? `${text.slice(0, 200)}… (${text.length} characters)` : text;
}
