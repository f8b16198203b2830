#!/usr/bin/env node
// Runs every case of examples/guests/cases.json on a server, twice, and checks the answers, the statements and the bytes under
// their digests against Node's WASI, @auth0/cose and the documents, with nothing of this project.
//
//   end-to-end.mjs --server DIR_OR_DLL_OR_URL

import { spawnSync } from 'node:child_process';
import { check, checkAll, equal, guestPath, readGuest } from './checks.mjs';
import { call, getBytes, getJson, withServer } from './server.mjs';
import { blob, decodeCbor, executionHash, flipEveryBit, rootOf, sha256, verifyStatement } from './statement.mjs';

const cases = JSON.parse(readGuest('cases.json'));
const outcomes = ['completed', 'trapped', 'out-of-fuel', 'output-limit'];
const noExit = -1;
const none = Buffer.alloc(0);
const hex = (bytes) => Buffer.from(bytes).toString('hex');
const trapExitCode = 134;
const isCommand = (test) => test.entrypoint === undefined;
const passesBytes = (test) => !isCommand(test) && test.args === undefined;
const shown = ({ text, base64 }) => (text === undefined ? Buffer.from(base64, 'base64') : Buffer.from(text));
const inputOf = (test) => (test.input === undefined ? none : readGuest(test.input));

await checkAll(() =>
  withServer(async (server) => {
    const nodes = (await getJson(`${server}/api/v1/nodes`)).items;
    const flippedGuests = new Set();
    for (const test of cases) {
      // Thousands of verifications: once a guest is enough.
      const flip = !flippedGuests.has(test.guest);
      flippedGuests.add(test.guest);
      await check(test.name, () => checkCase(`${server}/api/v1`, nodes, test, flip));
    }
  }),
);

async function checkCase(api, nodes, test, flip) {
  const module = await upload(api, test);
  const bundle = await uploadBundle(api, test);
  const first = await run(api, test, module, bundle);
  const second = await run(api, test, module, bundle);
  for (const one of [first, second]) {
    checkResult(test, one);
    checkNode(nodes, one.statement);
    checkPayload(test, one);
    checkInvocation(test, one, bundle);
    checkOutput(test, one);
    await checkTrace(api, one);
  }
  checkRepetition(first.statement, second.statement);

  const flips = flip ? await flipEveryBit(first.proof) : undefined;
  const { instructions } = first.task.metrics;
  return `${instructions} instructions, ${first.proof.length}-byte statement${flip ? `, ${flips} flips rejected` : ''}`;
}

async function upload(api, test) {
  const body = readGuest(test.guest);
  const module = await (await call(`${api}/modules`, { method: 'POST', headers: { 'Content-Type': 'application/wasm' }, body })).json();
  equal("the module's digest", module.digest, `sha256:${hex(sha256(body))}`);
  return module.digest;
}

// As the tar of this machine packs the directory, with its users and times.
async function uploadBundle(api, test) {
  if (test.bundle === undefined) {
    return undefined;
  }
  const { status, stdout: body } = spawnSync('tar', ['-cf', '-', '-C', guestPath(test.bundle), '.'], { maxBuffer: 1 << 28 });
  equal('exit code of tar', status, 0);
  return (await (await call(`${api}/bundles`, { method: 'POST', headers: { 'Content-Type': 'application/x-tar' }, body })).json()).digest;
}

async function run(api, test, module, bundle) {
  const { entrypoint, args, env } = test;
  const outputs = test.outputs && Object.keys(test.outputs);
  const input = test.input && { base64: inputOf(test).toString('base64') };
  const response = await call(`${api}/tasks`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Prefer: 'wait=60' },
    body: JSON.stringify({ module, entrypoint, args, env, input, bundle, outputs }),
  });
  const task = await response.json();
  equal('state', task.state, 'completed');
  equal('the number of proofs', task.proofs.length, 1);

  // With the receipt, which is within a second: the id does not depend on it.
  const proof = await getBytes(`${api}/proofs/${task.proofs[0].id}`, 'application/scitt-statement+cose', { Prefer: 'wait=60' });
  const statement = await verifyStatement(proof);
  equal("the proof's id", task.proofs[0].id, `sha256:${hex(sha256(statement.bare))}`);
  equal('whether the statement carries one receipt', statement.receipts.length, 1);
  return {
    task,
    proof,
    statement,
    invocation: await getBytes(`${api}/tasks/${task.id}/invocation`, 'application/cbor'),
    output: await getBytes(`${api}/tasks/${task.id}/output`, 'application/cbor'),
    stdout: await getBytes(`${api}/tasks/${task.id}/output`, 'application/octet-stream'),
    files: await Promise.all((outputs ?? []).map(async (path) => [path, await getBytes(`${api}/tasks/${task.id}/files/${path}`, '*/*')])),
  };
}

// The same program under Node.
function reference(test) {
  const options = { maxBuffer: 1 << 28, timeout: 60_000 };
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [guestPath('reference.mjs'), test.name], options);
  if (error) {
    throw error;
  }
  return { status, stdout, stderr };
}

function checkResult(test, { task: { result }, stdout, files }) {
  const { status, stdout: expected, stderr } = reference(test);
  if (isCommand(test) || passesBytes(test)) {
    equal('stdout', stdout, expected);
    equal("stdout's SHA-256", hex(sha256(stdout)), test.stdoutSha256);
    equal("stdout's digest", result.output.digest, `sha256:${test.stdoutSha256}`);
    equal('stderr', shown(result.stderr), stderr);
    equal('exit code under Node', status, test.trap ? trapExitCode : (test.exitCode ?? 0));
    equal('exit code', result.exitCode, test.trap ? undefined : status);
    equal('trap', result.trap, test.trap);
    equal('results', result.results, []);
    equal("the files' SHA-256", Object.fromEntries(files.map(([path, bytes]) => [path, hex(sha256(bytes))])), test.outputs ?? {});
  } else {
    const { results, trap } = JSON.parse(expected);
    equal('results under Node', results, test.results);
    equal('results', result.results, test.results ?? []);
    equal('trap under Node', trap, test.trap);
    equal('trap', result.trap, test.trap);
    equal('stdout', stdout, none);
  }
  equal('outcome', result.outcome, test.trap ? 'trapped' : 'completed');
}

function checkNode(nodes, statement) {
  const node = nodes.find((one) => one.id === statement.kid);
  equal('the key in GET /nodes', node?.publicKey, statement.publicKey);
}

function checkPayload(test, { task, statement: { payload, subject }, invocation, output }) {
  const { result, metrics } = task;
  equal("the payload's keys", [...payload.keys()], Array.from({ length: 17 }, (_, index) => index + 1));
  equal('version (1)', payload.get(1), 1);
  equal('task id (2)', hex(payload.get(2)), task.id.replaceAll('-', ''));
  equal("the header's subject", subject, `urn:uuid:${task.id}`);
  equal('module (5)', hex(payload.get(5)), hex(sha256(readGuest(test.guest))));
  equal('entrypoint (6)', payload.get(6), test.entrypoint ?? '_start');
  equal('input (7)', hex(payload.get(7)), hex(sha256(invocation)));
  equal('outcome (8)', outcomes[payload.get(8)], result.outcome);
  equal('exit code (9)', payload.get(9), result.exitCode ?? noExit);
  equal('output (10)', hex(payload.get(10)), hex(sha256(output)));
  equal('instructions (13)', payload.get(13), metrics.instructions);
  equal('gas (14)', payload.get(14), metrics.gas);
  equal('memory pages (15)', payload.get(15) * 65536, metrics.memoryBytes);
  equal('execution hash (16)', hex(payload.get(16)), hex(executionHash(payload)));
  equal('hash name (17)', payload.get(17), 'sha-256');
}

// What the input digest covers is what was asked for.
function checkInvocation(test, { invocation }, bundle) {
  const [args, env, stdin, signedBundle, outputs] = decodeCbor(invocation);
  if (isCommand(test)) {
    equal('signed args', args, test.args);
  } else if (passesBytes(test)) {
    equal('signed args of a function of bytes', [...args], [[1, null]]);
  } else {
    const signed = args.get(0);
    equal('signed arguments', signed.map(([type, bits]) => number(type, bits)), test.args.map(Number));
  }
  equal('signed env', env, Object.entries(test.env ?? {}));
  equalBlob('signed stdin', stdin, inputOf(test));
  equal('signed bundle', signedBundle && `sha256:${hex(signedBundle)}`, bundle ?? null);
  equal('signed outputs', outputs, Object.keys(test.outputs ?? {}));
}

// What the output digest covers is what was answered.
function checkOutput(test, { task: { result }, output, stdout, files }) {
  const [signedStdout, signedStderr, results, trap, signedFiles] = decodeCbor(output);
  equalBlob('signed stdout', signedStdout, stdout);
  equalBlob('signed stderr', signedStderr, shown(result.stderr));
  const answered = result.results.map(({ type, value }) => [type, type === 'i64' ? BigInt(value) : Number(value)]);
  equal('signed results', results.map(([type, bits]) => [type, number(type, bits)]), answered);
  equal('signed trap', trap, result.trap ?? null);
  equal('signed files', [...signedFiles.keys()], Object.keys(test.outputs ?? {}));
  for (const [path, bytes] of files) {
    equalBlob(`signed ${path}`, signedFiles.get(path), bytes);
  }
}

// Every leaf leads to the signed root, by the path that the server answers, and the whole trace has no other leaves.
async function checkTrace(api, { task, statement: { payload } }) {
  const leaves = [];
  for (let index = 0; index < payload.get(12); index++) {
    const { base64, inclusion } = await getJson(`${api}/tasks/${task.id}/trace/${index}`);
    leaves.push(Buffer.from(base64, 'base64'));
    equal(`leaf ${index} of the trace`, [inclusion.index, inclusion.size], [index, payload.get(12)]);
    equal(`leaf ${index} of the trace: root (11)`, hex(rootOf(leaves[index], inclusion)), hex(payload.get(11)));
    equal(`leaf ${index} at another index`, rootOf(leaves[index], { ...inclusion, index: (index + 1) % inclusion.size })?.equals(payload.get(11)) ?? false, false);
  }
  equal('the trace as a file', hex(await getBytes(`${api}/tasks/${task.id}/trace`, 'application/cbor-seq')), hex(Buffer.concat(leaves)));
}

function equalBlob(what, [length, root], bytes) {
  const [expectedLength, expectedRoot] = blob(bytes);
  equal(`${what}: length`, length, expectedLength);
  equal(`${what}: root`, hex(root), hex(expectedRoot));
}

// A number from its bits; an i64 does not fit JavaScript's own numbers.
function number(type, bits) {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(bits));
  switch (type) {
    case 'i32':
      return view.getInt32(4);
    case 'i64':
      return view.getBigInt64(0);
    case 'f64':
      return view.getFloat64(0);
    default:
      throw new Error(`no case has a value of type ${type}`);
  }
}

function checkRepetition(first, second) {
  equal('the payload without task id and nonce', hex(blanked(second)), hex(blanked(first)));
  equal('instructions', second.payload.get(13), first.payload.get(13));
  for (const [key, name] of [[2, 'task id'], [3, 'nonce']]) {
    if (hex(first.payload.get(key)) === hex(second.payload.get(key))) {
      throw new Error(`both runs have the same ${name}`);
    }
  }
}

// The payload's bytes with zeros for the values of keys 2 and 3: a byte string of 16 bytes is 0x50 and the bytes.
function blanked({ payload, payloadBytes }) {
  const bytes = Buffer.from(payloadBytes);
  for (const key of [2, 3]) {
    const entry = Buffer.concat([Buffer.of(key, 0x50), payload.get(key)]);
    bytes.fill(0, bytes.indexOf(entry) + 2, bytes.indexOf(entry) + entry.length);
  }
  return bytes;
}
