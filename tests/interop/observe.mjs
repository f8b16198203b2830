#!/usr/bin/env node
// Runs the guest that prints all it can observe on two servers that differ in user, home, working directory, time zone, language,
// host name and environment, with the same tree packed by different people at different times: the output must not differ by a byte.
//
//   observe.mjs --server DIR_OR_DLL

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, checkAll, equal, readGuest } from './checks.mjs';
import { call, getBytes, withServer } from './server.mjs';

const names = ['zebra', 'Ähre', 'apple', '10', '9'];
const { PATH, DOTNET_ROOT = '' } = process.env;
const machines = [
  { env: { ...process.env, TZ: 'UTC', LANG: 'C' }, order: names, owner: '0', mode: 'u=rwX,go=', time: 1_000_000_000 },
  {
    env: { PATH, DOTNET_ROOT, HOME: '/nonexistent', TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', CANARY: 'canary-4711' },
    order: [...names].reverse(),
    owner: '1234',
    mode: 'a=rwx',
    time: 1_700_000_000,
    ...somebodyElse(),
  },
];

await checkAll(async () => {
  const seen = [];
  for (const machine of machines) {
    await withServer(async (server) => seen.push(await observe(server, machine)), machine);
  }
  const text = seen[0].output.toString();
  await check('the same bundle', () => equal('the digest', seen[1].bundle, seen[0].bundle));
  await check('the same output', () => {
    equal('what the second sees', seen[1].output.toString().split('\n'), text.split('\n'));
    return `${text.length} bytes`;
  });
  await check('the whole tree', () => names.forEach((name) => equal(`whether ${name} is there`, text.includes(`"${quoted(name)}"`), true)));
  await check('nothing of the host', () => ['canary', 'elsewhere', 'HOME', 'PATH', tmpdir()].forEach((word) => equal(`whether ${word} shows`, text.includes(word), false)));
});

async function observe(server, machine) {
  const api = `${server}/api/v1`;
  const post = async (kind, type, body) => (await call(`${api}/${kind}`, { method: 'POST', headers: { 'Content-Type': type, Prefer: 'wait=60' }, body })).json();
  const module = (await post('modules', 'application/wasm', readGuest('observe/observe.wasm'))).digest;
  const bundle = (await post('bundles', 'application/x-tar', pack(machine))).digest;
  const task = await post('tasks', 'application/json', JSON.stringify({ module, bundle, args: ['one', 'two'], env: { B: '2', A: '1' } }));
  equal('outcome', task.result?.outcome, 'completed');
  return { bundle, output: await getBytes(`${api}/tasks/${task.id}/output`, 'application/octet-stream') };
}

// As the guest prints it.
function quoted(name) {
  return [...Buffer.from(name)].map((byte) => (byte < 127 ? String.fromCharCode(byte) : `\\${byte.toString(16)}`)).join('');
}

function pack({ order, owner, mode, time }) {
  const tree = mkdtempSync(join(tmpdir(), `vcp-tree-${owner}-`));
  try {
    for (const name of order) {
      mkdirSync(join(tree, 'sub', name), { recursive: true });
      writeFileSync(join(tree, 'sub', name, 'file'), name);
      utimesSync(join(tree, 'sub', name, 'file'), time, time);
    }
    symlinkSync('sub/apple/file', join(tree, 'link'));
    const options = ['-cf', '-', `--owner=${owner}`, `--group=${owner}`, `--mode=${mode}`, '-C', tree, ...[...order].map((name) => `sub/${name}`), 'link'];
    const { status, stdout } = spawnSync('tar', options);
    equal('exit code of tar', status, 0);
    return stdout;
  } finally {
    rmSync(tree, { recursive: true });
  }
}

// As another user of a host with another name, where this process may do that.
function somebodyElse() {
  const user = 65534;
  const command = ['unshare', '--uts', 'sh', '-c', `hostname elsewhere && exec setpriv --reuid=${user} --regid=${user} --clear-groups "$@"`, 'sh'];
  const possible = spawnSync(command[0], [...command.slice(1), 'true']).status === 0;
  console.log(possible ? 'The second server has another user and host name.' : 'No right to change user or host name: the second server has the same.');
  return possible ? { command, user } : {};
}
