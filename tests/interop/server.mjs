// Starts a built server on a free port with a data directory of its own, and calls it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const startMs = 60_000;
const stopMs = 15_000;
const callMs = 90_000;
const totalMs = 15 * 60_000;
const children = [];
const directories = [];
process.on('exit', () => {
  children.forEach((child) => child.kill('SIGKILL'));
  directories.forEach((directory) => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
});

/**
 * Calls `use` with the address of the server that `--server` names: a built Ailee.Vcp.Server.dll or its folder, which is started
 * and, whatever happens, stopped; or the URL of one that runs already. One that is started can have an environment of its own and
 * a command that starts it, as a certain user.
 */
export async function withServer(use, { env = process.env, command = [], user } = {}) {
  const { server } = parseArgs({ options: { server: { type: 'string' } }, strict: false }).values;
  if (server === undefined) {
    console.error('usage: --server DIR_OR_DLL_OR_URL');
    process.exit(2);
  }
  if (/^https?:/.test(server)) {
    return use(server.replace(/\/$/, ''));
  }

  const data = temporaryDirectory();
  if (user !== undefined) {
    chownSync(data, user, user);
  }
  limitTime();
  const started = startServer(server, data, { env, command, cwd: user === undefined ? undefined : data });
  try {
    return await use(await started.address);
  } finally {
    await started.stop();
  }
}

/** A directory that goes when this process ends. */
export function temporaryDirectory() {
  const data = mkdtempSync(join(tmpdir(), 'vcp-interop-'));
  directories.push(data);
  return data;
}

/** Kills a program when this process ends, whatever ends it: a signal, a bug or a limit. */
export function endWithThis(child) {
  children.push(child);
  return child;
}

/**
 * Starts a built server on a data directory. `address` is a promise of where it listens, `stop` ends it in good order and `kill` at once.
 */
export function startServer(server, data, { env = process.env, command = [], cwd, port = 0 } = {}) {
  const dll = resolve(statSync(server).isDirectory() ? join(server, 'Ailee.Vcp.Server.dll') : server);
  const [program, ...args] = [...command, 'dotnet', dll, '--urls', `http://127.0.0.1:${port}`, '--Storage:DataDirectory', data];
  const child = endWithThis(spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] }));
  return { address: address(child), stop: () => end(child, 'SIGTERM'), kill: () => end(child, 'SIGKILL') };
}

/** Ends this process, and what it started, when it is stopped or takes far too long. */
export function limitTime() {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => process.exit(1));
  }
  setTimeout(giveUp, totalMs).unref();
}

/** Calls the API. Any answer but a 2xx is an error that shows the answer. */
export async function call(url, options) {
  const response = await fetch(url, { ...options, signal: AbortSignal.timeout(callMs) });
  if (!response.ok) {
    throw new Error(`${options?.method ?? 'GET'} ${new URL(url).pathname} answered ${response.status}: ${await response.text()}`);
  }
  return response;
}

export const getJson = async (url) => (await call(url)).json();
export const getBytes = async (url, accept, headers) => Buffer.from(await (await call(url, { headers: { Accept: accept, ...headers } })).arrayBuffer());

function address(child) {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (why) => reject(new Error(`the server ${why}:\n${output}`));
    const read = (text) => {
      output += text;
      const found = /Now listening on: (http:\S+)/.exec(output);
      if (found) {
        resolve(found[1]);
      }
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', read);
    }
    child.on('error', (error) => fail(`did not start (${error.message})`));
    child.on('exit', (code) => fail(`ended with exit code ${code}`));
    setTimeout(() => fail(`does not listen after ${startMs / 1000} s`), startMs).unref();
  });
}

async function end(child, signal) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const ended = once(child, 'exit');
  const impatience = setTimeout(() => child.kill('SIGKILL'), stopMs);
  child.kill(signal);
  await ended;
  clearTimeout(impatience);
}

function giveUp() {
  console.error(`not done after ${totalMs / 1000} s`);
  process.exit(1);
}
