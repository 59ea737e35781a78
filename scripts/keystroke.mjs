#!/usr/bin/env node
// Counts what one keystroke enters: files, functions and calls of server/src, by room. Every function is instrumented, the
// real server is driven over the protocol with the example fleet, and a letter is typed into a string when all is warm.
//   node scripts/keystroke.mjs [--source DIR]     of this checkout, or of another one
//   --files     names the files too
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import ts from 'typescript';

const ROOT = join(import.meta.dirname, '..');
const { values: options } = parseArgs({
  options: { source: { type: 'string', default: ROOT }, files: { type: 'boolean', default: false } },
});
const source = resolve(options.source);
const FLEET = join(ROOT, 'examples/fleet');

/** Where a letter is typed: behind the first match of `behind`. */
const PLACES = [
  { name: 'a string of a host module', file: 'modules/hosts/lea/default.nix', behind: /description = "/ },
  { name: 'the matrix', file: 'lib/machine-env-matrix.nix', behind: /# / },
  { name: 'a description of the registry', file: 'lib/secret-registry.nix', behind: /description = "/ },
];

/** How often the letter is typed and taken away before the one that counts. */
const WARM = 6;

/** How long the server is left alone for what it does after its answer. */
const QUIET = 700;

/** The text of a module with a call of `__enter` at the beginning of each of its functions. */
function instrumented(path, text) {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const id = relative(join(source, 'server/src'), path);
  const inserts = [];
  const visit = node => {
    if (ts.isFunctionLike(node) && node.body !== undefined) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
      const call = `globalThis.__enter(${JSON.stringify(id)}, ${line + 1})`;
      if (ts.isBlock(node.body)) inserts.push([node.body.getStart(file) + 1, `${call};`]);
      else inserts.push([node.body.getStart(file), `(${call}, `], [node.body.end, ')']);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return inserts
    .sort(([left], [right]) => right - left)
    .reduce((result, [at, put]) => result.slice(0, at) + put + result.slice(at), text);
}

/** What runs in front of the server: it counts, and writes the count at a signal. */
const COUNTER = `
const counts = { files: {}, functions: new Set(), calls: 0, moves: 0, last: '' };
globalThis.__enter = (file, line) => {
  counts.files[file] = (counts.files[file] ?? 0) + 1;
  counts.functions.add(file + ':' + line);
  counts.calls++;
  if (counts.last !== file) counts.moves++;
  counts.last = file;
};
process.on('SIGUSR2', () => {
  process.stderr.write('counted ' + JSON.stringify({ ...counts, functions: counts.functions.size }) + '\\n');
  Object.assign(counts, { files: {}, functions: new Set(), calls: 0, moves: 0 });
});
`;

/** Bundles the instrumented server. Returns its path. */
async function bundle(directory) {
  const require = createRequire(join(ROOT, 'package.json'));
  const modules = join(ROOT, 'node_modules');
  const inner = join(modules, 'vscode-languageserver/node_modules');
  const outfile = join(directory, 'server.js');
  await build({
    absWorkingDir: source,
    stdin: {
      contents: `import { runServer } from './server/src/server.ts'; runServer();`,
      resolveDir: source,
      loader: 'ts',
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'error',
    banner: { js: COUNTER },
    nodePaths: [modules],
    alias: {
      'web-tree-sitter': join(modules, 'web-tree-sitter/web-tree-sitter.cjs'),
      'vscode-languageserver/browser': join(modules, 'vscode-languageserver/lib/browser/main.js'),
      'vscode-languageserver-protocol/browser': join(
        inner,
        'vscode-languageserver-protocol/lib/browser/main.js',
      ),
      'vscode-jsonrpc/browser': join(inner, 'vscode-jsonrpc/lib/browser/main.js'),
    },
    plugins: [
      {
        name: 'count',
        setup(building) {
          building.onLoad({ filter: /\/server\/src\/.*\.ts$/ }, ({ path }) => ({
            contents: instrumented(path, readFileSync(path, 'utf8')),
            loader: 'ts',
          }));
        },
      },
    ],
  });
  copyFileSync(
    require.resolve('web-tree-sitter/web-tree-sitter.wasm'),
    join(directory, 'web-tree-sitter.wasm'),
  );
  for (const wasm of [
    'server/grammar/tree-sitter-nix.wasm',
    'node_modules/tree-sitter-bash/tree-sitter-bash.wasm',
  ])
    if (existsSync(join(ROOT, wasm))) copyFileSync(join(ROOT, wasm), join(directory, wasm.split('/').at(-1)));
  return outfile;
}

/** A server over stdio, spoken to with as little as it needs. */
function connect(program) {
  const child = spawn(process.execPath, [program, '--stdio'], { cwd: FLEET, stdio: 'pipe' });
  const waiting = new Map();
  let buffer = Buffer.alloc(0);
  let errors = '';
  let lastId = 0;
  const send = message => {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
    child.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    child.stdin.write(body);
  };
  child.stdout.on('data', chunk => {
    buffer = Buffer.concat([buffer, chunk]);
    for (;;) {
      const head = buffer.indexOf('\r\n\r\n');
      const length = head < 0 ? null : /content-length:\s*(\d+)/i.exec(buffer.subarray(0, head).toString());
      if (length === null || buffer.length < head + 4 + Number(length[1])) return;
      const message = JSON.parse(buffer.subarray(head + 4, head + 4 + Number(length[1])).toString());
      buffer = buffer.subarray(head + 4 + Number(length[1]));
      if (message.id === undefined) continue;
      if (message.method === undefined) waiting.get(message.id)?.(message.result);
      else
        send({
          id: message.id,
          result: message.method === 'workspace/configuration' ? message.params.items.map(() => null) : null,
        });
    }
  });
  child.stderr.on('data', chunk => {
    errors += chunk;
  });
  return {
    notify: (method, params) => send({ method, params }),
    request: (method, params) =>
      new Promise(answer => {
        waiting.set(++lastId, answer);
        send({ id: lastId, method, params });
      }),
    /** What was entered since it was asked last. */
    async counted() {
      errors = '';
      child.kill('SIGUSR2');
      for (;;) {
        const line = /^counted (.*)$/m.exec(errors);
        if (line !== null) return JSON.parse(line[1]);
        await wait(20);
      }
    },
    stop: () => child.kill(),
  };
}

/** Types and takes away a letter until everything is warm, and counts the last time. */
async function keystroke(program, { file, behind }) {
  const server = connect(program);
  const uri = pathToFileURL(join(FLEET, file)).href;
  const text = readFileSync(join(FLEET, file), 'utf8');
  const found = behind.exec(text);
  if (found === null) throw new Error(`${file}: no ${behind}`);
  const before = text.slice(0, found.index + found[0].length).split('\n');
  const start = { line: before.length - 1, character: before.at(-1).length };
  const end = { ...start, character: start.character + 1 };
  const folder = pathToFileURL(FLEET).href;
  await server.request('initialize', {
    processId: process.pid,
    rootUri: folder,
    workspaceFolders: [{ uri: folder, name: 'fleet' }],
    capabilities: {
      workspace: { configuration: true, workspaceFolders: true },
      textDocument: { publishDiagnostics: {} },
    },
  });
  server.notify('initialized', {});
  server.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'nix', version: 1, text } });
  await wait(3 * QUIET);
  let version = 1;
  for (let edit = 0; edit < WARM; edit++) {
    await server.counted();
    const change =
      edit % 2 === 0 ? { range: { start, end: start }, text: 'x' } : { range: { start, end }, text: '' };
    server.notify('textDocument/didChange', {
      textDocument: { uri, version: ++version },
      contentChanges: [change],
    });
    await wait(QUIET);
  }
  const counts = await server.counted();
  server.stop();
  return counts;
}

const directory = mkdtempSync(join(tmpdir(), 'varsmith-keystroke-'));
try {
  const program = await bundle(directory);
  for (const place of PLACES) {
    const { files, functions, calls, moves } = await keystroke(program, place);
    const names = Object.keys(files).sort();
    const rooms = new Map();
    for (const name of names) {
      const room = name.split('/')[0];
      rooms.set(room, (rooms.get(room) ?? 0) + 1);
    }
    const byRoom = [...rooms].map(([room, count]) => `${room} ${count}`).join(', ');
    console.log(`${place.name} (${place.file})`);
    console.log(
      `  ${names.length} files (${byRoom}), ${functions} functions, ${calls} calls, ${moves} moves between files`,
    );
    if (options.files) for (const name of names) console.log(`    ${name} ${files[name]}`);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
