#!/usr/bin/env node
// A task's proof, checked with nothing of this project: signatures by @auth0/cose, inclusion from raw tiles by Python's standard
// library, the checkpoint by openssl. Each check again with one byte flipped.
//
//   run.mjs --server DIR_OR_DLL_OR_URL [--keep DIR]    runs a task and fetches its proof, the checkpoint, the key and the tiles
//   run.mjs --vectors                                  takes them from tests/Vectors/log.json

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { server: { type: 'string' }, vectors: { type: 'boolean' }, keep: { type: 'string' } } });
const here = fileURLToPath(new URL('.', import.meta.url));
const directory = values.keep ?? mkdtempSync(join(tmpdir(), 'vcp-proof-'));

function run(program, ...args) {
  const { status } = spawnSync(program, [join(here, args[0]), ...args.slice(1)], { stdio: 'inherit' });
  return status === 0;
}

/** Writes a file of the directory, whose name may have folders. */
function write(name, content) {
  const path = join(directory, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

let ok;
try {
  if (values.vectors) {
    ok = run('python3', 'from_vectors.py', directory);
  } else {
    const { fetchProof } = await import('./fetch_proof.mjs');
    const { withServer } = await import('../server.mjs');
    await withServer((server) => fetchProof(`${server}/api/v1`, write));
    ok = true;
  }
  // Both, so that each says what it found.
  ok = [ok, run(process.execPath, 'verify_cose.mjs', directory), run('python3', 'verify_log.py', directory)].every(Boolean);
} finally {
  if (values.keep === undefined) {
    rmSync(directory, { recursive: true });
  }
}
process.exitCode = ok ? 0 : 1;
