#!/usr/bin/env node
// Has examples/python run its program and its self-tests on a server, each twice with the same statement to come out, and judges what
// they print and write with Node: by recomputing it, or by the same interpreter under Node's WASI.
//
//   python.mjs --server DIR_OR_DLL_OR_URL

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check, checkAll, equal } from './checks.mjs';
import { withServer } from './server.mjs';

const local = (path) => fileURLToPath(new URL(path, import.meta.url));
const example = local('../../examples/python/');
const cache = local('./node_modules/.cache/cpython');
const selftests = readdirSync(join(example, 'selftest')).filter((name) => name.endsWith('.py')).sort();
// What these print depends on nothing but the interpreter.
const pure = ['check_numbers.py', 'check_text.py'];

await checkAll(() =>
  withServer(async (server) => {
    await check('program.py', () => checkProgram(server));
    const printed = await run(server, ...selftests.map((name) => join(example, 'selftest', name)));
    for (const name of selftests) {
      await check(name, () => checkSelftest(name, printed));
    }
  }),
);

async function run(server, ...args) {
  const child = spawn('python3', [join(example, 'run.py'), '--server', server, '--cache', cache, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (printed += text));
  const [code] = await once(child, 'close');
  // The one line for each program tells which of them it was.
  console.log(printed.split('\n').filter((line) => line.startsWith('-- ')).join('\n'));
  equal('exit code of run.py', code, 0);
  return printed;
}

async function checkProgram(server) {
  const out = mkdtempSync(join(tmpdir(), 'vcp-python-'));
  try {
    const printed = await run(server, '--out', out);
    const { status, stdout } = spawnSync('tar', ['-xOf', join(out, 'program.tar'), 'out/report.json']);
    equal('exit code of tar', status, 0);
    const { text, points } = JSON.parse(readFileSync(join(example, 'input.json'), 'utf8'));
    const report = JSON.parse(stdout.toString());
    const words = text.toLowerCase().match(/[a-z']+/g);
    equal("the text's hash", report.text.sha256, createHash('sha256').update(text).digest('hex'));
    equal('words', [report.text.words, report.text.distinct], [words.length, new Set(words).size]);
    equal('time', report.written, '2000-01-01T00:00:00Z');
    equal('whether pi is about right', Math.abs(report.pi - Math.PI) < 5 / Math.sqrt(points), true);
    equal('stdout', printed.includes(`pi is about ${report.pi}\n`), true);
    return `pi is about ${report.pi}`;
  } finally {
    rmSync(out, { recursive: true });
  }
}

function checkSelftest(name, printed) {
  const [, output, instructions] = new RegExp(`(?:^|\\n)-- [^\\n]*\\n((?:(?!-- )[^\\n]*\\n)*)-- ${name}: completed, exit code 0, (\\d+) instructions`).exec(printed) ?? [];
  equal('whether it ran', instructions !== undefined, true);
  equal('whether both runs were signed the same', printed.includes(`-- ${name}: two runs are signed the same\n`), true);
  if (pure.includes(name)) {
    equal('stdout', output, underNode(name));
  }
  return `${instructions} instructions`;
}

// With the library inside the module instead of the bundle's.
function underNode(name) {
  const program = `
    import { readFileSync } from 'node:fs';
    import { WASI } from 'node:wasi';
    const [module, directory, name] = process.argv.slice(1);
    const wasi = new WASI({ version: 'preview1', args: ['main', '/app/' + name], preopens: { '/app': directory } });
    wasi.start((await WebAssembly.instantiate(readFileSync(module), wasi.getImportObject())).instance);`;
  const options = ['--no-warnings', '--input-type=module', '--eval', program];
  const files = [join(cache, 'python-3.11.3.wasm'), join(example, 'selftest'), name];
  const { status, stdout } = spawnSync(process.execPath, [...options, '--', ...files]);
  equal("exit code under Node's WASI", status, 0);
  return stdout.toString();
}
