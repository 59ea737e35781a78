#!/usr/bin/env node
/**
 * A synthetic fleet of N machines and K keys, in the shape of a real one: registry, matrix, generators
 * function, accessors, a module a machine, a flake with an inventory. Deterministic, clean, and true Nix.
 *
 *   node bench/fleet.mjs DIR [--machines 50] [--keys 200]
 *   node bench/fleet.mjs DIR --estate 1000 [--vars]     a large fleet of twenty generators a machine
 *   node bench/fleet.mjs DIR --bystanders 4300          that many files, most of which have nothing to do with vars
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { bystanders } from './fleet/bystanders.mjs';
import { estate } from './fleet/estate.mjs';
import { flakeText, hostText } from './fleet/hosts.mjs';
import { ACCESSORS, GENERATORS, matrixText, registryText } from './fleet/library.mjs';
import { planFleet } from './fleet/plan.mjs';
import { scriptModule } from './fleet/script.mjs';
import { locate } from './fleet/text.mjs';

export const REGISTRY = 'lib/secret-registry.nix';
export const SCRIPT = 'modules/many-keys.nix';
export const MATRIX = 'lib/machine-env-matrix.nix';

/**
 * The files of a fleet and the edits measured on it. Paths are relative and use `/`.
 *
 * @param {{ machines: number, keys: number }} counts
 */
export function fleet({ machines, keys }) {
  const plan = planFleet(machines, keys);
  const entries = new Map(plan.entries.map(entry => [entry.key, entry]));
  const files = new Map([
    ['flake.nix', flakeText(plan.machines)],
    [REGISTRY, registryText(plan.entries)],
    [MATRIX, matrixText(plan)],
    ['lib/vars-generators.nix', GENERATORS],
    ['lib/secrets.nix', ACCESSORS],
    [SCRIPT, scriptModule()],
  ]);
  for (const machine of plan.machines) {
    files.set(`modules/hosts/${machine.name}/default.nix`, hostText(machine, entries, machine.index === 0));
  }
  const hosts = plan.machines.map(({ name }) => `modules/hosts/${name}/default.nix`);
  return {
    files,
    hosts,
    machines: plan.machines,
    entries: plan.entries,
    edits: edits(files, hosts[0], plan),
  };
}

/**
 * Places where putting in `text` (0-based line and character) makes a finding that taking it out removes.
 * `syntax` does so for a server that only parses.
 */
function edits(files, host, { entries, lists }) {
  const inHost = files.get(host);
  const body = locate(inHost, '  networking.hostName');
  const firstKey = lists.sharedCore[0];
  const firstEntry = locate(files.get(REGISTRY), `  ${firstKey} = `);
  const missing = 'config.clan.core.vars.generators.bench-missing.files.key.path';
  const wrong = `  bench-wrong = mkRandomSecret {\n    generator = "bench-wrong"; envVar = "1 BAD"; domain = "ai"; kind = "token"; };\n`;
  const uses = entries.map(e => `vars.${e.generator}.files`).filter(use => inHost.includes(use));
  return {
    syntax: { file: host, ...body, text: '  x = [ ;\n' },
    host: { file: host, ...body, text: `  environment.etc."bench".source = ${missing};\n` },
    matrix: {
      file: MATRIX,
      ...locate(files.get(MATRIX), `    "${firstKey}"\n`),
      text: '    "bench-unknown"\n',
    },
    registry: { file: REGISTRY, ...firstEntry, text: wrong },
    script: {
      file: SCRIPT,
      ...locate(files.get(SCRIPT), '      # key-48,'),
      text: `      openssl rand -hex 8 | tr -d '\\n' > "$out/bench-undeclared"\n`,
    },
    /** Renames the first key of the list nearly all machines share. */
    rename: { file: REGISTRY, line: firstEntry.line, character: firstEntry.character + 2, text: 'x' },
    /** Inside the names of generators that the host reads. */
    hovers: uses.slice(0, 20).map(use => locate(inHost, use, 'vars.'.length + 1)),
  };
}

/** Writes texts below `directory`, which is made if missing. */
export function writeFiles(directory, files) {
  const made = new Set();
  for (const [path, text] of files) {
    const target = join(directory, path);
    const folder = dirname(target);
    if (!made.has(folder)) mkdirSync(folder, { recursive: true });
    made.add(folder);
    writeFileSync(target, text);
  }
}

/** Writes a fleet into `directory`, which is made if missing, and returns it. */
export function writeFleet(directory, counts) {
  const written = fleet(counts);
  writeFiles(directory, written.files);
  return written;
}

function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      machines: { type: 'string', default: '50' },
      keys: { type: 'string', default: '200' },
      estate: { type: 'string' },
      bystanders: { type: 'string' },
      vars: { type: 'boolean', default: false },
    },
  });
  const [directory] = positionals;
  if (directory === undefined) throw new Error('usage: fleet.mjs DIR [options]; its head lists them');
  const files = chosen(values);
  writeFiles(directory, files);
  console.log(`${files.size} files written to ${directory}`);
}

function chosen({ machines, keys, estate: estateOf, bystanders: count, vars }) {
  if (estateOf !== undefined) return estate(Number(estateOf), { vars }).files;
  if (count !== undefined) return bystanders(Number(count));
  return fleet({ machines: Number(machines), keys: Number(keys) }).files;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) main();
