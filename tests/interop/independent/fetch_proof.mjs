// Runs tasks on a server and fetches what a stranger needs to check the first one's proof.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readGuest } from '../checks.mjs';
import { call, getBytes, getJson } from '../server.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const moreTasks = 3;

/** Calls `write` with the name and the content of each file: statement.cose, key, checkpoint, and the tiles under the log's names. */
export async function fetchProof(api, write) {
  const proof = await runTask(api);
  const statement = await transparentStatement(api, proof);
  // The log grows, so that the receipt's tree is not the one of the checkpoint.
  for (let i = 0; i < moreTasks; i++) {
    await transparentStatement(api, await runTask(api));
  }
  const checkpoint = await getBytes(`${api}/log/checkpoint`, 'text/plain');
  write('statement.cose', statement);
  write('checkpoint', checkpoint);
  write('key', await getBytes(`${api}/log/key`, 'text/plain'));
  const served = checkpoint.toString().split('\n')[1];
  for (const name of tileNames(statement, served)) {
    write(name, await getBytes(`${api}/log/${name}`, 'application/octet-stream'));
  }
}

async function runTask(api) {
  const body = readGuest('sha256/sha256.wasm');
  const module = await (await call(`${api}/modules`, { method: 'POST', headers: { 'Content-Type': 'application/wasm' }, body })).json();
  const response = await call(`${api}/tasks`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Prefer: 'wait=60' },
    body: JSON.stringify({ module: module.digest, input: { text: 'abc' } }),
  });
  const task = await response.json();
  return task.proofs[0].id;
}

async function transparentStatement(api, proof) {
  const headers = { Accept: 'application/scitt-statement+cose', Prefer: 'wait=30' };
  return Buffer.from(await (await call(`${api}/proofs/${proof}`, { headers })).arrayBuffer());
}

// As the receipt says where its entry is.
function tileNames(statement, served) {
  const code = `import sys, verify_log as log
_, size, index, _ = log.statement_and_proof(sys.stdin.buffer.read())
print("\\n".join(log.tile_names(index, size, int(sys.argv[1]))))`;
  return execFileSync('python3', ['-c', code, served], { cwd: here, input: statement, encoding: 'utf8' }).trim().split('\n');
}
