#!/usr/bin/env node
// Runs the cases of cases.json under Node's own WASI, as a second opinion on what the guests print.
//
//   reference.mjs NAME            the guest's stdout, stderr and exit code (134 if a function of bytes traps), or the results of a
//                                 function of numbers as JSON
//   reference.mjs --all           one JSON line a case; exit code 1 if one is not what cases.json expects
//   reference.mjs --all DIR       the same for the native programs that `build.sh --native DIR` made

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { fileURLToPath } from 'node:url';

// Node calls its WASI experimental, on stderr, where it would mix with the guest's.
process.removeAllListeners('warning');
const { WASI } = await import('node:wasi');

const here = dirname(fileURLToPath(import.meta.url));
const cases = JSON.parse(readFileSync(join(here, 'cases.json'), 'utf8'));

const isCommand = (test) => test.entrypoint === undefined;
const passesBytes = (test) => !isCommand(test) && test.args === undefined;
const moduleOf = (test) => new WebAssembly.Module(readFileSync(join(here, test.guest)));
const none = Buffer.alloc(0);
const trapExitCode = 134;
const inputOf = (test) => (test.input === undefined ? devNull : join(here, test.input));

// The directory that a case's bundle names, as a copy for the guest to work in; empty if it names none.
function copyBundle(test, scratch) {
  const root = join(scratch, 'root');
  mkdirSync(root);
  if (test.bundle !== undefined) {
    cpSync(join(here, test.bundle), root, { recursive: true });
  }
  return root;
}

function outputsOf(test, root) {
  const hash = (path) => createHash('sha256').update(readFileSync(join(root, path))).digest('hex');
  return test.outputs && { outputs: Object.fromEntries(Object.keys(test.outputs).map((path) => [path, hash(path)])) };
}

function withScratch(use) {
  const scratch = mkdtempSync(join(tmpdir(), 'guest-'));
  try {
    return use(scratch);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

// WASI takes descriptors, not streams, so the output goes through files.
const withWasi = (test, use) => withScratch((scratch) => {
  const path = (name) => join(scratch, name);
  const root = copyBundle(test, scratch);
  const [stdin, stdout, stderr] = [openSync(inputOf(test)), openSync(path('out'), 'w'), openSync(path('err'), 'w')];
  try {
    const args = ['main', ...(test.args ?? [])];
    const wasi = new WASI({ version: 'preview1', args, env: test.env, preopens: { '/': root, '.': root }, stdin, stdout, stderr, returnOnExit: true });
    const ended = use(wasi, new WebAssembly.Instance(moduleOf(test), wasi.getImportObject()));
    return { ...ended, stdout: Buffer.concat([readFileSync(path('out')), ended.result ?? none]), stderr: readFileSync(path('err')), ...outputsOf(test, root) };
  } finally {
    [stdin, stdout, stderr].forEach((descriptor) => closeSync(descriptor));
  }
});

const runCommand = (test) => withWasi(test, (wasi, instance) => ({ exitCode: wasi.start(instance) }));

// The same steps as in docs/design/sandbox.md, "Functions of bytes".
const runBytes = (test) => withWasi(test, (wasi, instance) => {
  const { memory, alloc, dealloc, _initialize, [test.entrypoint]: called } = instance.exports;
  const input = readFileSync(inputOf(test));
  return orTrap(() => {
    if (_initialize) {
      wasi.initialize(instance);
    }
    const pointer = alloc(input.length) >>> 0;
    new Uint8Array(memory.buffer, pointer, input.length).set(input);
    const packed = BigInt.asUintN(64, called(pointer, input.length));
    const [resultPointer, resultLength] = [Number(packed >> 32n), Number(packed & 0xffffffffn)];
    const result = Buffer.from(new Uint8Array(memory.buffer, resultPointer, resultLength));
    dealloc(pointer, input.length);
    if (resultPointer !== pointer) {
      dealloc(resultPointer, resultLength);
    }
    return { result };
  });
});

const runNative = (test, directory) => withScratch((scratch) => {
  const program = join(directory, basename(test.guest, '.wasm'));
  const root = copyBundle(test, scratch);
  const run = spawnSync(program, test.args, { cwd: root, input: readFileSync(inputOf(test)), maxBuffer: 1 << 28 });
  if (run.error) {
    throw run.error;
  }
  return { exitCode: run.status, stdout: run.stdout, stderr: run.stderr, ...outputsOf(test, root) };
});

function orTrap(run) {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) {
      throw error;
    }
    return { trap: error.message };
  }
}

// JavaScript tells an i64 (a bigint) from the other types but not those from each other: there the expected type is
// taken on trust. 64-bit and float arguments and results are strings in JSON.
function runFunction(test) {
  const exported = new WebAssembly.Instance(moduleOf(test)).exports[test.entrypoint];
  return orTrap(() => {
    const value = exported(...test.args.map(Number));
    const type = typeof value === 'bigint' ? 'i64' : test.results?.[0].type;
    return { results: [{ type, value: type === 'i32' ? value : String(value) }] };
  });
}

function summary(test, nativeDirectory) {
  if (!isCommand(test) && !passesBytes(test)) {
    return runFunction(test);
  }
  const run = nativeDirectory ? runNative(test, nativeDirectory) : passesBytes(test) ? runBytes(test) : runCommand(test);
  const { result, stdout, stderr, ...rest } = run;
  return { ...rest, stdoutSha256: createHash('sha256').update(stdout).digest('hex') };
}

function runAll(nativeDirectory) {
  for (const test of cases.filter((one) => !nativeDirectory || isCommand(one))) {
    const { name, guest, entrypoint, args, env, input, bundle, ...expected } = test;
    const actual = summary(test, nativeDirectory);
    const ok = isDeepStrictEqual(actual, expected);
    console.log(JSON.stringify({ name, ok, ...actual }));
    if (!ok) {
      process.exitCode = 1;
    }
  }
}

function runOne(name) {
  const test = cases.find((one) => one.name === name);
  if (test === undefined) {
    console.error(`reference.mjs: no case ${name}`);
    process.exitCode = 2;
  } else if (isCommand(test) || passesBytes(test)) {
    const { exitCode, trap, stdout, stderr } = isCommand(test) ? runCommand(test) : runBytes(test);
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    process.exitCode = trap ? trapExitCode : exitCode;
  } else {
    console.log(JSON.stringify(runFunction(test)));
  }
}

const [first, directory, ...rest] = process.argv.slice(2);
if (first === '--all' && rest.length === 0) {
  runAll(directory && resolve(directory));
} else if (first !== undefined && directory === undefined) {
  runOne(first);
} else {
  console.error('usage: reference.mjs NAME | --all [DIR]');
  process.exitCode = 2;
}
