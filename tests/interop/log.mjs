#!/usr/bin/env node
// A long log on a real server: `vcp log fsck` finds nothing wrong with it, and `vcp log follow` follows it through a crash without an
// alarm, and raises one when a forked or an older copy of the data directory takes the server's place.
//
//   log.mjs --server DIR_OR_DLL --cli DLL [--entries N]

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { check, checkAll, equal, readGuest } from './checks.mjs';
import { call, endWithThis, limitTime, startServer, temporaryDirectory } from './server.mjs';

const { server, cli, entries } = parseArgs({ options: { server: { type: 'string' }, cli: { type: 'string' }, entries: { type: 'string', default: '100000' } } }).values;
const alarm = 2;
const fewTasks = 3;
const followMs = 20_000;
const work = temporaryDirectory();
const [data, older, fork, state] = ['data', 'older', 'fork', 'log.state'].map((name) => join(work, name));
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const fill = fileURLToPath(new URL('fill_log.py', import.meta.url));
const checkpointSize = async () => Number((await (await call(`${url}/api/v1/log/checkpoint`)).text()).split('\n')[1]);
const vcp = (...args) => spawnSync('dotnet', [cli, ...args], { encoding: 'utf8' });

limitTime();
await checkAll(async () => {
  let running = await start(data);
  await runTasks(url, fewTasks);
  await running.stop();
  equal('exit code of fill_log.py', spawnSync('python3', [fill, data, entries], { stdio: 'inherit' }).status, 0);

  running = await start(data);
  const size = await checkpointSize();
  await check('the log takes the entries at its start', () => equal('whether all are integrated', size > Number(entries) + fewTasks, true));
  await check('fsck of the data directory of the running server', () => fsck(data, size));
  await check('fsck of the server', () => fsck(url, size));

  const follower = follow();
  await check('follow through kill -9 and restart', async () => {
    await follower.sees(size);
    await runTasks(url, fewTasks);
    const interrupted = Promise.allSettled(Array.from({ length: 8 }, () => runTasks(url, fewTasks)));
    await delay(50);
    await running.kill();
    await interrupted;
    await follower.says('Trying again');
    running = await start(data);
    await runTasks(url, fewTasks);
    const now = await checkpointSize();
    await follower.sees(now);
    fsck(data, now);
    return `${size} to ${now} entries`;
  });

  await running.stop();
  cpSync(data, older, { recursive: true });
  cpSync(data, fork, { recursive: true });
  await check('follow takes a fork that is longer for one', async () => {
    running = await start(data);
    await runTasks(url, 1);
    await follower.sees(await checkpointSize());
    await running.stop();

    const elsewhere = startServer(server, fork);
    await runTasks(await elsewhere.address, fewTasks);
    await elsewhere.stop();

    running = await start(fork);
    equal('exit code', await follower.ends(), alarm);
    await follower.says('does not begin with the');
    await running.stop();
  });

  await check('follow takes an older copy for one, which then goes read-only', async () => {
    running = await start(older);
    const before = await checkpointSize();
    const { status, stderr } = vcp('log', 'follow', url, '--state', state, '--once');
    equal('exit code', status, alarm);
    equal('whether it tells the sizes', stderr.includes(`The log had ${before + 1} entries and now shows ${before}.`), true);
    const health = await fetch(`${url}/health/ready`);
    equal('the status of /health/ready', health.status, 503);
    equal('whether it says why', (await health.text()).includes('log-read-only'), true);
    await running.stop();
    fsck(older, before);
  });

  await check('follow goes on with the genuine log', async () => {
    running = await start(data);
    equal('exit code', vcp('log', 'follow', url, '--state', state, '--once').status, 0);
    await running.stop();
  });
});
// After a failure programs still run; they end with this one.
process.exit();

async function start(directory) {
  const started = startServer(server, directory, { port });
  await started.address;
  return started;
}

async function freePort() {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port: free } = listener.address();
  listener.close();
  await once(listener, 'close');
  return free;
}

// Until each has its receipt, and so is in the checkpoint.
async function runTasks(at, count) {
  const api = `${at}/api/v1`;
  const upload = { method: 'POST', headers: { 'Content-Type': 'application/wasm' }, body: readGuest('sha256/sha256.wasm') };
  const { digest: module } = await (await call(`${api}/modules`, upload)).json();
  for (let i = 0; i < count; i++) {
    const headers = { 'Content-Type': 'application/json', Prefer: 'wait=60' };
    const task = await (await call(`${api}/tasks`, { method: 'POST', headers, body: JSON.stringify({ module, input: { text: 'abc' } }) })).json();
    equal('state', task.state, 'completed');
    await call(`${api}/proofs/${task.proofs[0].id}`, { headers: { Accept: 'application/scitt-statement+cose', Prefer: 'wait=60' } });
  }
}


function fsck(place, size) {
  const { status, stdout, stderr } = vcp('log', 'fsck', place, '--json');
  equal('exit code', [status, stderr], [0, '']);
  const report = JSON.parse(stdout);
  equal('what it found', [report.sound, report.size, report.faults], [true, size, []]);
  return `${size} entries`;
}

function follow() {
  const child = endWithThis(spawn('dotnet', [cli, 'log', 'follow', url, '--state', state, '--interval', '0.1'], { stdio: ['ignore', 'pipe', 'pipe'] }));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  }
  const says = async (text) => {
    for (const end = Date.now() + followMs; !output.includes(text); await delay(50)) {
      if (Date.now() > end) {
        throw new Error(`follow does not say '${text}' but:\n${output}`);
      }
    }
  };
  const ends = async () => {
    if (child.exitCode === null) {
      await Promise.race([once(child, 'close'), delay(followMs, undefined, { ref: false })]);
    }
    return child.exitCode;
  };
  return { says, ends, sees: (size) => says(` ${size} entries`) };
}
