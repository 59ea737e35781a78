#!/usr/bin/env node
// Counts what one keystroke enters: files, functions and calls of server/src, by room. Every function is instrumented, the
// real server is driven over the protocol with the example fleet, and a letter is typed into a string when all is warm.
//   node scripts/keystroke.mjs [--source DIR]     of this checkout, or of another one
//   --files     names the files too
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import ts from 'typescript';
import { startServer } from '../bench/driver/connection.mjs';
import { didOpen, openable, toggling } from '../bench/driver/document.mjs';

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

/** Returns what runs in front of the server: it counts, and writes the counts to a file at a signal. */
const counter = path => `
const counts = { files: {}, functions: new Set(), calls: 0, moves: 0, last: '' };
globalThis.__enter = (file, line) => {
  counts.files[file] = (counts.files[file] ?? 0) + 1;
  counts.functions.add(file + ':' + line);
  counts.calls++;
  if (counts.last !== file) counts.moves++;
  counts.last = file;
};
process.on('SIGUSR2', () => {
  const { renameSync, writeFileSync } = require('node:fs');
  const path = ${JSON.stringify(path)};
  writeFileSync(path + '.new', JSON.stringify({ ...counts, functions: counts.functions.size }));
  renameSync(path + '.new', path);
  Object.assign(counts, { files: {}, functions: new Set(), calls: 0, moves: 0 });
});
`;

/** Bundles the instrumented server. Returns its path. */
async function bundle(directory, counts) {
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
    banner: { js: counter(counts) },
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

/** Returns what a server has entered since it was asked last. */
async function counted(server, counts) {
  rmSync(counts, { force: true });
  process.kill(server.pid, 'SIGUSR2');
  while (!existsSync(counts)) await wait(20);
  return JSON.parse(readFileSync(counts, 'utf8'));
}

/** Types and takes away a letter until everything is warm, and counts the last time. */
async function keystroke(program, counts, { file, behind }) {
  const command = [process.execPath, program, '--stdio'];
  const server = startServer({ command, root: FLEET, folders: true, pull: 'no', timeout: 30_000 });
  const document = openable(join(FLEET, file));
  const match = behind.exec(document.text);
  if (match === null) throw new Error(`${file}: no ${behind}`);
  const before = document.text.slice(0, match.index + match[0].length).split('\n');
  const edit = toggling(
    document,
    { line: before.length - 1, character: before.at(-1).length, text: 'x' },
    true,
  );
  await server.initialize();
  server.notify('textDocument/didOpen', didOpen(document));
  await wait(3 * QUIET);
  for (let count = 0; count < WARM; count++) {
    await counted(server, counts);
    server.notify('textDocument/didChange', edit.next());
    await wait(QUIET);
  }
  const result = await counted(server, counts);
  await server.stop();
  return result;
}

const directory = mkdtempSync(join(tmpdir(), 'varsmith-keystroke-'));
try {
  const counts = join(directory, 'counts.json');
  const program = await bundle(directory, counts);
  for (const place of PLACES) {
    const { files, functions, calls, moves } = await keystroke(program, counts, place);
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
