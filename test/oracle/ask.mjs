// Asks real Nix for every generator of every machine of a fleet. A machine is asked as a whole first; where that fails with an
// error that Nix cannot catch, generator by generator, then field by field.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { harvest } from './harvest.mjs';

const EVALUATION = join(import.meta.dirname, 'nix/eval.nix');
const FIELDS = ['share', 'dependencies', 'files', 'prompts', 'runtimeInputs', 'script', 'validation'];
const LIMIT_MS = 120_000;
const MAX_OUTPUT = 2 ** 30;
const MAX_MESSAGE = 120;

/**
 * What Nix says of a fleet. A value that it could not say is left out.
 * @typedef {object} Truth
 * @property {readonly string[] | null} inventory machines of the inventory
 * @property {Record<string, TrueMachine>} machines
 * @property {readonly { where: string, error: string }[]} errors
 *
 * @typedef {object} TrueMachine
 * @property {string} [class]
 * @property {readonly string[]} [tags]
 * @property {Record<string, TrueGenerator>} [generators] absent where the machine does not evaluate
 *
 * @typedef {{ origin: 'fleet' | 'clan-core' | 'input' } & Record<string, unknown>} TrueGenerator
 */

/**
 * @param {string} fleet absolute path of a folder with a flake.nix
 * @param {string} scratch folder for what Nix reads
 * @param {import('./sources.mjs').Prepared} prepared
 * @returns {Truth}
 */
export function askNix(fleet, scratch, prepared) {
  const spec = harvest(fleet, scratch, prepared);
  const nix = expression => evaluate(prepared.nix, spec, expression);
  const truth = { inventory: known(nix('inventoryMachines').value) ?? null, machines: {}, errors: [] };
  const note = (where, { error }) => truth.errors.push({ where, error: error ?? '' });
  const names = nix('names');
  if (names.error !== undefined) note('the fleet', names);
  for (const machine of names.value ?? []) {
    const kind = nix(`class ${quoted(machine)}`);
    // A configuration without vars.
    if (kind.value === null) continue;
    truth.machines[machine] = {};
    if (kind.error === undefined)
      truth.machines[machine] = machineOf(nix, machine, kind.value, fleet, prepared, note);
    else note(machine, kind);
  }
  return withoutPaths(truth, [
    [fleet, 'FLEET'],
    [prepared.clanCore, 'CLAN-CORE'],
    [scratch, 'INPUTS'],
  ]);
}

function machineOf(nix, machine, kind, fleet, { clanCore }, note) {
  const name = quoted(machine);
  const entry = { class: kind };
  const list = nix(`generatorNames ${name}`);
  if (list.error !== undefined) {
    note(machine, list);
    return entry;
  }
  const origins = known(nix(`origins ${name}`).value) ?? [];
  const originOf = generator => {
    const files = origins.filter(({ names }) => names.ok?.includes(generator)).map(({ file }) => file);
    if (files.length === 0 || files.some(file => file.startsWith(fleet) || file.startsWith('<')))
      return 'fleet';
    return files.some(file => file.startsWith(clanCore)) ? 'clan-core' : 'input';
  };
  const all = `builtins.listToAttrs (map (n: { name = n; value = generator ${name} n; }) (generatorNames ${name}))`;
  const whole = nix(all);
  if (whole.error !== undefined) note(machine, whole);
  const bodies = whole.value ?? oneByOne(nix, name, list.value);
  return {
    ...entry,
    tags: known(nix(`tags ${name}`).value),
    generators: Object.fromEntries(
      Object.entries(bodies).map(([generator, body]) => [
        generator,
        { origin: originOf(generator), ...generatorOf(body) },
      ]),
    ),
  };
}

function oneByOne(nix, machine, generators) {
  const bodies = {};
  for (const generator of generators) {
    const body = nix(`generator ${machine} ${quoted(generator)}`);
    bodies[generator] =
      body.value ??
      Object.fromEntries(
        FIELDS.map(field => [
          field,
          nix(`field ${machine} ${quoted(generator)} ${quoted(field)}`).value ?? { unknown: true },
        ]),
      );
  }
  return bodies;
}

/** `{ ok }` and `{ unknown }` undone. */
function generatorOf(body) {
  const parts = Object.fromEntries(Object.entries(body).map(([field, answer]) => [field, known(answer)]));
  const inner = all =>
    all &&
    Object.fromEntries(
      Object.entries(all).map(([name, options]) => [
        name,
        Object.fromEntries(Object.entries(options).map(([option, answer]) => [option, known(answer)])),
      ]),
    );
  return { ...parts, files: inner(parts.files), prompts: inner(parts.prompts) };
}

const known = answer => answer?.ok;
const quoted = text => JSON.stringify(text).replaceAll('${', '\\${');

function evaluate(nix, spec, expression) {
  const { status, signal, stdout, stderr, error } = spawnSync(
    nix.program,
    ['eval', '--impure', '--json', '--expr', `with (import ${EVALUATION}); ${expression}`],
    {
      env: { ...process.env, ...nix.env, ORACLE_SPEC: spec },
      encoding: 'utf8',
      maxBuffer: MAX_OUTPUT,
      timeout: LIMIT_MS,
    },
  );
  if (status === 0) return { value: JSON.parse(stdout) };
  const messages = [...(stderr ?? '').matchAll(/error:.*?(?=\n\s*at |\n\n|$)/gs)].map(([text]) =>
    text.trim(),
  );
  const message = messages.at(-1) ?? `Nix ended with ${error?.code ?? signal ?? status}`;
  return { error: message.replace(/\s+/g, ' ').slice(0, MAX_MESSAGE) };
}

/** The answer without where things lie on this machine, also inside names that Nix made of paths. */
function withoutPaths(truth, folders) {
  let text = JSON.stringify(truth);
  for (const [folder, name] of folders)
    text = text.replaceAll(folder, `/${name}`).replaceAll(folder.replaceAll('/', '_'), `_${name}`);
  return JSON.parse(text);
}
