// Reads the texts of a fleet, of clan-core and of the sources at hand for the names that nix/ must be able to answer:
// identifiers, `config.…` paths, attributes of inputs, files of nixpkgs and of inputs that are imported by path. What is
// found too much does no harm: it is never asked for.

import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const NAME = String.raw`[A-Za-z_][\w'-]*`;
/** One `.name`, `."name"` or `.${…}`. */
const STEP = String.raw`(?:\.(?:${NAME}|"[^"$\n]*"|\$\{[^{}]*\}))`;
const STEPS = new RegExp(String.raw`\.(${NAME}|"[^"$\n]*"|\$\{[^{}]*\})`, 'g');
const CONFIG = new RegExp(String.raw`\b(?:config|nixosConfig|osConfig)(${STEP}+)`, 'g');
/** `inherit (config.a.b) c d;` */
const INHERITED = new RegExp(String.raw`inherit\s*\(\s*config(${STEP}*)\s*\)([^;]*);`, 'g');
/** `cfg = config.a.b;` */
const ALIAS = new RegExp(String.raw`(${NAME})\s*=\s*config(${STEP}+)\s*;`, 'g');
const OF_INPUT = new RegExp(
  String.raw`(?<![\w'-])(?:(?:self\.|flake\.)?(?:inputs'?|flakeInputs)\.)?(${NAME})(${STEP}+)`,
  'g',
);
const INPUT_NAME = new RegExp(
  String.raw`(?:inputs\.)?(${NAME})\s*(?:\.url|\.flake|\.inputs|=\s*\{|,|\s\})`,
  'g',
);
/** `"${nixpkgs}/nixos/…"` and `nixpkgs + "/nixos/…"`. */
const FILES_OF_INPUT = [
  new RegExp(String.raw`\$\{(?:${NAME}\.)*?(${NAME})(?:\.outPath)?\}(/[\w./@+-]+)`, 'g'),
  new RegExp(String.raw`(?:inputs\.)?(${NAME})(?:\.outPath)?\s*\+\s*"(/[\w./@+-]+)"`, 'g'),
];
/** Parts of clan-core that no fleet evaluates. */
const APART = /\/(tests?|checks|docs|pkgs|devFlake)\//;
const USUAL_ROLES = ['default', 'server', 'client', 'peer', 'controller'];

/**
 * @typedef {{ lib: string, clanCore: string, sources: Readonly<Record<string, string>> }} Sources folders: nixpkgs' `lib`,
 *   clan-core, and others by `owner/name`
 */

/**
 * Writes `spec.json` for nix/eval.nix into `out`, with the empty inputs that it names.
 * @param {string} fleet folder with a flake.nix
 * @param {string} out
 * @param {Sources} sources
 * @returns {string} the path of `spec.json`
 */
export function harvest(fleet, out, { lib, clanCore, sources }) {
  const roots = [fleet, clanCore, ...Object.values(sources)];
  const inputNames = new Set(roots.flatMap(root => inputsOf(join(root, 'flake.nix'))));
  const found = { tokens: new Set(['default']), roles: new Set(USUAL_ROLES), config: {}, inputs: {} };
  /** @type {Record<string, Set<string>>} */
  const files = {};
  for (const root of roots)
    for (const path of nixFiles(root)) {
      if (root === clanCore && APART.test(path.slice(root.length))) continue;
      const text = readFileSync(path, 'utf8').replace(/(^|\s)#[^\n]*/g, '$1');
      collectNames(text, found);
      collectConfig(text, found.config);
      collectInputs(text, inputNames, found.inputs, files);
    }
  const stubs = join(out, 'stubs');
  const nixpkgs = join(out, 'nixpkgs');
  writeInputs({ stubs, nixpkgs, lib, inputNames, files });
  const spec = join(out, 'spec.json');
  const lists = { tokens: [...found.tokens].sort(), roles: [...found.roles].sort() };
  const { config, inputs } = found;
  writeFileSync(
    spec,
    JSON.stringify({ fleet, lib, clanCore, sources, ...lists, config, inputs, stubs, nixpkgs }),
  );
  return spec;
}

function* nixFiles(folder) {
  for (const name of readdirSync(folder).sort()) {
    if (name === '.git' || name === 'node_modules') continue;
    const path = join(folder, name);
    const entry = lstatSync(path);
    if (entry.isDirectory()) yield* nixFiles(path);
    else if (entry.isFile() && name.endsWith('.nix')) yield path;
  }
}

function inputsOf(flake) {
  if (!existsSync(flake)) return [];
  return [...readFileSync(flake, 'utf8').matchAll(INPUT_NAME)].map(match => match[1]);
}

/** The names of a path; `*` for one that is computed. */
function namesOf(path) {
  return [...path.matchAll(STEPS)].map(([, name]) =>
    name.startsWith('$') ? '*' : name.replace(/^"|"$/g, ''),
  );
}

function put(tree, path) {
  let at = tree;
  for (const name of path) {
    if (!Object.hasOwn(at, name)) at[name] = {};
    at = at[name];
  }
}

function collectNames(text, { tokens, roles }) {
  for (const [name] of text.matchAll(/[A-Za-z_][\w'-]*/g)) tokens.add(name);
  for (const [, name] of text.matchAll(/"([A-Za-z_][\w'.+-]*)"/g)) tokens.add(name);
  for (const [, name] of text.matchAll(/roles\.([A-Za-z_][\w'-]*)/g)) roles.add(name);
}

function collectConfig(text, config) {
  for (const [, path] of text.matchAll(CONFIG)) {
    const names = namesOf(path);
    if (names[0] !== '*') put(config, names);
  }
  for (const [, path, inherited] of text.matchAll(INHERITED))
    for (const name of inherited.trim().split(/\s+/))
      if (/^[A-Za-z_]/.test(name)) put(config, [...namesOf(path).filter(step => step !== '*'), name]);
  const aliases = new Map([...text.matchAll(ALIAS)].map(([, alias, path]) => [alias, namesOf(path)]));
  for (const [alias, base] of aliases) {
    const used = new RegExp(String.raw`(?<![\w.'-])${alias}(${STEP}+)`, 'g');
    for (const [, path] of text.matchAll(used))
      put(config, [...base.filter(step => step !== '*'), ...namesOf(path)]);
  }
}

function collectInputs(text, inputNames, inputs, files) {
  for (const [, name, path] of text.matchAll(OF_INPUT)) {
    if (!inputNames.has(name)) continue;
    inputs[name] ??= {};
    put(inputs[name], namesOf(path));
  }
  for (const form of FILES_OF_INPUT)
    for (const [, name, path] of text.matchAll(form)) {
      files[name] ??= new Set();
      files[name].add(path);
    }
}

/** The folders of inputs that are not at hand: modules that do nothing where the texts import one by its path. */
function writeInputs({ stubs, nixpkgs, lib, inputNames, files }) {
  mkdirSync(stubs, { recursive: true });
  const folderOf = name => {
    if (name === 'modulesPath') return join(nixpkgs, 'nixos/modules');
    return /^nixpkgs/.test(name) ? nixpkgs : join(stubs, name);
  };
  for (const [name, paths] of Object.entries(files)) {
    if (!inputNames.has(name) && name !== 'modulesPath') continue;
    for (const path of [...paths].sort()) {
      const file = /\.\w+$/.test(path) ? path : `${path}/default.nix`;
      writeUnlessFolder(join(folderOf(name), file), '{ }\n');
    }
  }
  for (const name of inputNames) writeUnlessFolder(join(stubs, name, 'default.nix'), '{ ... }: { }\n');
  const evaluation = resolve(import.meta.dirname, 'nix/eval.nix');
  const system = 'args.system or args.localSystem.system or args.localSystem or "x86_64-linux"';
  writeUnlessFolder(
    join(nixpkgs, 'systems.nix'),
    '[ "x86_64-linux" "aarch64-linux" "aarch64-darwin" "x86_64-darwin" ]\n',
  );
  writeUnlessFolder(join(nixpkgs, 'default.nix'), `args: (import ${evaluation}).packagesFor (${system})\n`);
  writeUnlessFolder(join(nixpkgs, 'lib/default.nix'), `import ${lib}\n`);
}

/** A text may name both `x` and `x/y`; the longer one wins. */
function writeUnlessFolder(path, text) {
  if (existsSync(path) && !statSync(path).isFile()) return;
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    if (error.code === 'EEXIST' || error.code === 'ENOTDIR') return;
    throw error;
  }
  writeFileSync(path, text);
}
