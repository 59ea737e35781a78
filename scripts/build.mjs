#!/usr/bin/env node
// Bundles everything that runs into dist/ and puts the wasm files beside them:
//   extension.js  the VS Code side        server.js  the language server        cli.js  the command line
// The latter two are small and start programs.js, which holds both, with the code that an earlier start compiled.
// Options: --watch, --sourcemap, --outdir DIR (default dist), --only NAME (repeatable).
// dist/ runs from any directory without node_modules; nothing in it is fetched or compiled at run time.

import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build, context } from 'esbuild';
import { noticesOf } from './lib/notices.mjs';

const root = join(import.meta.dirname, '..');

const programs = {
  // VS Code provides the module `vscode`. `import()` stays lazy inside the one file: esbuild wraps what only it reaches.
  extension: { entry: 'client/src/extension.ts', external: ['vscode'] },
  server: { entry: 'server/src/start-server.ts' },
  // The page of the dependency graph runs in a webview, as a script of its own.
  'graph-page': { entry: 'client/src/webview/graph.ts', platform: 'browser', format: 'iife' },
  cli: { entry: 'server/src/start-cli.ts', executable: true },
  // The VS Code side in a browser, where it runs in a web worker.
  'web-extension': { entry: 'client/src/web/extension.ts', external: ['vscode'], platform: 'browser' },
  // What starts the server in a browser: run behind programs.js.
  'web-worker': { entry: 'server/src/start-worker.ts', platform: 'browser', format: 'iife' },
  // All of them: what they have in common is nearly everything.
  programs: { entry: 'server/src/programs.ts', partOf: ['server', 'cli', 'web-worker'], wrapped: true },
};

// Of the parser library's two builds, the one that needs no `import.meta`, which a CommonJS bundle does not have.
const modules = join(root, 'node_modules');
const SERVER_MODULES = join(modules, 'vscode-languageserver/node_modules');
const alias = { 'web-tree-sitter': join(modules, 'web-tree-sitter/web-tree-sitter.cjs') };

// Beside what the server's library has for Node: one bundle serves from both.
const browserParts = {
  'vscode-languageserver/browser': join(modules, 'vscode-languageserver/lib/browser/main.js'),
  'vscode-languageserver-protocol/browser': join(
    SERVER_MODULES,
    'vscode-languageserver-protocol/lib/browser/main.js',
  ),
  'vscode-jsonrpc/browser': join(SERVER_MODULES, 'vscode-jsonrpc/lib/browser/main.js'),
};

const wasmFiles = [
  'node_modules/web-tree-sitter/web-tree-sitter.wasm',
  'server/grammar/tree-sitter-nix.wasm',
];

const { values: options } = parseArgs({
  options: {
    watch: { type: 'boolean', default: false },
    sourcemap: { type: 'boolean', default: false },
    outdir: { type: 'string', default: join(root, 'dist') },
    only: { type: 'string', multiple: true, default: Object.keys(programs) },
  },
});
options.outdir = resolve(options.outdir);

/** esbuild's options for one program; all of them are CommonJS, which the extension host loads fastest. */
function bundleOptions(name) {
  const { entry, external = [], platform = 'node', format = 'cjs' } = programs[name];
  return {
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: join(options.outdir, `${name}.js`),
    bundle: true,
    platform,
    format,
    target: platform === 'browser' ? 'es2022' : 'node20',
    minify: true,
    sourcemap: options.sourcemap,
    external,
    // A program that is started with kept code has no `import()`.
    supported: { 'dynamic-import': platform === 'browser' },
    alias: platform === 'browser' ? alias : { ...alias, ...browserParts },
    ...surroundings(programs[name]),
    logLevel: 'warning',
    metafile: true,
  };
}

/** What stands before and after the code: `start.ts` runs what is wrapped, as Node wraps modules. */
function surroundings({ executable = false, wrapped = false }) {
  if (executable) return { banner: { js: '#!/usr/bin/env node' } };
  if (!wrapped) return {};
  return {
    banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
    footer: { js: '})' },
    charset: 'ascii',
  };
}

/** What is wrapped is read as ASCII. esbuild writes regular expressions as they are. */
async function refuseWide() {
  for (const name of options.only.filter(name => programs[name].wrapped)) {
    const text = await readFile(join(options.outdir, `${name}.js`), 'utf8');
    const wide = /.{0,40}[^\0-\x7f].{0,40}/.exec(text)?.[0];
    if (wide !== undefined)
      throw new Error(`${name}.js has a character beyond ASCII, write it as \\u…: ${wide}`);
  }
}

async function copyWasm() {
  for (const file of wasmFiles)
    await copyFile(join(root, file), join(options.outdir, file.split('/').at(-1)));
}

async function makeExecutable() {
  for (const name of options.only.filter(name => programs[name].executable)) {
    await chmod(join(options.outdir, `${name}.js`), 0o755);
  }
}

async function printSizes() {
  const names = [...options.only.map(name => `${name}.js`), ...wasmFiles.map(file => file.split('/').at(-1))];
  let total = 0;
  for (const name of names) {
    const { size } = await stat(join(options.outdir, name));
    total += size;
    console.log(`${kibibytes(size)}  ${name}`);
  }
  console.log(`${kibibytes(total)}  in ${relative(process.cwd(), options.outdir) || '.'}`);
}

function kibibytes(bytes) {
  return `${(bytes / 1024).toFixed(1).padStart(8)} KiB`;
}

const unknown = options.only.filter(name => programs[name] === undefined);
if (unknown.length > 0) {
  console.error(`Unknown program: ${unknown.join(', ')}. There are ${Object.keys(programs).join(', ')}.`);
  process.exit(2);
}

for (const name of options.only.filter(name => !existsSync(join(root, programs[name].entry)))) {
  console.log(`not built: ${name}.js, ${programs[name].entry} does not exist yet`);
  options.only = options.only.filter(other => other !== name);
}

for (const [name, { partOf }] of Object.entries(programs))
  if (partOf?.some(other => options.only.includes(other)) && !options.only.includes(name))
    options.only.push(name);

await mkdir(options.outdir, { recursive: true });
await copyWasm();
if (options.watch) {
  for (const name of options.only)
    await (await context({ ...bundleOptions(name), logLevel: 'info' })).watch();
} else {
  const built = await Promise.all(options.only.map(name => build(bundleOptions(name))));
  const files = built.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  await writeFile(join(options.outdir, 'THIRD-PARTY-NOTICES.txt'), noticesOf([...files, ...wasmFiles]));
  await refuseWide();
  await makeExecutable();
  await printSizes();
}
