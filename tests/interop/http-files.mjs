#!/usr/bin/env node
// Sends every request of the examples' .http files to a server as it stands there; only @host becomes the server's address.
//
//   http-files.mjs --server DIR_OR_DLL_OR_URL

import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { check, checkAll, equal, guestPath } from './checks.mjs';
import { call, withServer } from './server.mjs';

const files = readdirSync(guestPath('.'), { recursive: true }).filter((name) => name.endsWith('.http')).sort();

await checkAll(() =>
  withServer(async (server) => {
    for (const file of files) {
      for (const { title, url, ...options } of parse(guestPath(file), { host: server })) {
        await check(`${file}: ${title}`, async () => {
          const answer = await (await call(url, options)).json();
          if (new URL(url).pathname.endsWith('/tasks')) {
            equal('state', answer.state, 'completed');
            return answer.result.outcome;
          }
          return answer.digest;
        });
      }
    }
  }),
);

// The format as far as the examples use it: "@name = value" and comments before the first "###"; then, for each "### title",
// a request line, headers, an empty line and a body, which "< path" takes from a file beside this one.
function parse(path, overrides) {
  const [preamble, ...sections] = readFileSync(path, 'utf8').split(/^###/m);
  const variables = Object.fromEntries([...preamble.matchAll(/^@(\w+) *= *(.*)$/gm)].map(([, name, value]) => [name, value]));
  Object.assign(variables, overrides);
  if (sections.length === 0) {
    throw new Error(`${path} has no request`);
  }
  return sections.map((section) => {
    const [title, ...lines] = section.replace(/{{(\w+)}}/g, (unknown, name) => variables[name] ?? unknown).split('\n');
    // A section without a body may end right after its headers.
    const blank = [...lines, ''].indexOf('');
    const [requestLine, ...headers] = lines.slice(0, blank);
    const [method, url] = requestLine.split(' ');
    const body = lines.slice(blank).join('\n').trim();
    const file = /^< (.+)$/.exec(body);
    return {
      title: title.trim(),
      method,
      url,
      headers: headers.map((header) => /^([^:]+): *(.*)$/.exec(header).slice(1)),
      body: file ? readFileSync(join(dirname(path), file[1])) : body || undefined,
    };
  });
}
