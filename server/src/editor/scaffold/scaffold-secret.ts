/**
 * Plans a new secret in a registry with its machines: an entry in the style of existing ones, and the key in
 * the machines' rows, as one set of edits. Pure; anything that cannot be written with certainty is rejected
 * with a reason.
 */

import {
  type EntrySource,
  familiesOf,
  familyFor,
  SECRET_KINDS,
} from '../../checks/facts/registry/entry-families.ts';
import { hasBlankLines, writtenEntries } from '../../checks/facts/registry/new-entry.ts';
import { attributeText, eolOf, indentOf, insertBelow } from '../../edits/edits.ts';
import { expressionsAt } from '../../edits/locate.ts';
import { suggest } from '../../edits/suggest.ts';
import type { TextEdit } from '../../edits/text-edit.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { Registry } from '../../fleet/model/registries.ts';
import type { SourceFile } from '../../nix/source.ts';
import { environmentMachines } from '../environment/environment-keys.ts';
import { inOrder, type Refused, type Scaffolded, type ScaffoldSources, shownAt } from './scaffold.ts';
import { decided, type EntryWish, entryText } from './scaffold-entry.ts';
import { keyForMachine } from './scaffold-rows.ts';

export interface SecretWish extends EntryWish {
  readonly machines: readonly string[];
  /** The file of the registry, or null for the only one. */
  readonly registry: string | null;
}

/** Matches valid keys, which become names of generators and variables. */
const KEY = /^[A-Za-z][A-Za-z0-9._-]*$/;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const GENERATOR = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/** Returns what is wrong with a new key, or `null`. */
export function keyProblem(fleet: Fleet, registry: string | null, key: string): string | null {
  if (key === '') return 'Give the secret a name.';
  if (!KEY.test(key))
    return 'A name begins with a letter and has letters, digits, dots, dashes and underscores.';
  const registries = fleet.registries.filter(({ file }) => registry === null || file === registry);
  const taken = registries.find(({ keys }) => keys.some(registryKey => registryKey.key === key));
  return taken === undefined ? null : `${taken.file} has "${key}" already.`;
}

/** Returns what is wrong with a variable name, or `null`. An empty name means no variable. */
export function variableProblem(fleet: Fleet, registry: string | null, name: string): string | null {
  if (name === '') return null;
  if (!VARIABLE.test(name))
    return 'A variable begins with a letter or an underscore and has letters, digits and underscores.';
  return takenBy(fleet, registry, name, 'envVar');
}

function generatorProblem(fleet: Fleet, registry: string | null, name: string): string | null {
  if (!GENERATOR.test(name))
    return `"${name}" cannot name a generator: letters, digits, dots, dashes and underscores can.`;
  return takenBy(fleet, registry, name, 'generator');
}

function takenBy(
  { registries }: Fleet,
  registry: string | null,
  name: string,
  field: 'envVar' | 'generator',
): string | null {
  for (const { file, keys } of registries) {
    if (registry !== null && file !== registry) continue;
    const owner = keys.find(key => key[field]?.value === name);
    if (owner !== undefined) return `"${owner.key}" in ${file} has ${name} already.`;
  }
  return null;
}

/** A possible form of a new entry, with its default properties. */
export interface SecretProposal {
  readonly kind: (typeof SECRET_KINDS)[number];
  readonly category: string | null;
  readonly generator: string;
  /** Null for no variable. */
  readonly envVar: string | null;
  readonly description: string;
  readonly domain: string | null;
  /** Keys of a few entries that it follows. */
  readonly like: readonly string[];
}

const SHOWN_MEMBERS = 3;

/**
 * Returns the possible forms of a new entry, most likely first: one for each family of the registry, and one
 * for each kind without a family.
 */
export function secretProposals(
  { fleet, files }: ScaffoldSources,
  registryFile: string,
  key: string,
): readonly SecretProposal[] {
  const registry = fleet.registries.find(({ file }) => file === registryFile);
  const file = files.parse(registryFile);
  if (registry === undefined || file === null) return [];
  const families = familiesOf(registry, inOneSet(file, writtenEntries(file, registry)));
  const open = { key, generator: null, envVar: null, description: null, domain: null };
  const first = familyFor(families, { key, category: null, domain: null });
  const ordered = [...families].sort((a, b) => Number(b === first) - Number(a === first));
  const proposals = ordered.map((family): SecretProposal => {
    const wish = { ...open, kind: family.kind, category: family.category };
    const { names, domain, category } = decided(registry, [family], wish);
    const like = family.members.slice(0, SHOWN_MEMBERS).map(({ entry }) => entry.key);
    return { ...names, kind: family.kind, category, domain, like };
  });
  const without = SECRET_KINDS.filter(kind => families.every(family => family.kind !== kind));
  return [
    ...proposals,
    ...without.map((kind): SecretProposal => {
      const { names, domain, category } = decided(registry, families, { ...open, kind, category: null });
      return { ...names, kind, category, domain, like: [] };
    }),
  ];
}

export function addSecret(around: ScaffoldSources, wish: SecretWish): Scaffolded | Refused {
  const { fleet, files } = around;
  const registry = registryFor(fleet, wish.registry);
  if ('refused' in registry) return registry;
  const problem = wishProblem(fleet, registry.file, wish);
  if (problem !== null) return { refused: problem };
  const entry = newEntry(around, registry, wish);
  if ('refused' in entry) return entry;
  const edits: TextEdit[] = [entry.edit];
  const machines = environmentMachines(fleet);
  const matrices = fleet.matrices.filter(matrix => matrix.registry === registry.file);
  for (const machine of new Set(wish.machines)) {
    if (!machines.includes(machine)) {
      const near = suggest(machine, machines);
      return {
        refused: `There is no machine "${machine}".${near === null ? '' : ` Did you mean "${near}"?`}`,
      };
    }
    const matrix = matrices.find(({ rows }) => rows.some(row => row.machine === machine)) ?? matrices[0];
    const file = matrix === undefined ? null : files.parse(matrix.file);
    if (matrix === undefined || file === null) {
      return {
        refused: `No matrix lists keys of ${registry.file}, so the key cannot be assigned to machines there.`,
      };
    }
    const row = keyForMachine(file, matrix, machine, wish.key);
    if (typeof row === 'string') return { refused: row };
    if (row !== null) edits.push(row);
  }
  const ordered = joined(inOrder(edits));
  const [matrix] = matrices;
  const notes =
    wish.machines.length > 0 || matrix === undefined
      ? []
      : [`No machine has it yet: add "${wish.key}" to the rows of its machines in ${matrix.file}.`];
  return { edits: ordered, shown: shownAt(ordered, entry.edit, attributeText(wish.key)), notes };
}

function wishProblem(fleet: Fleet, registry: string, wish: SecretWish): string | null {
  return (
    keyProblem(fleet, registry, wish.key) ??
    (wish.generator === null ? null : generatorProblem(fleet, registry, wish.generator)) ??
    (wish.envVar === null ? null : variableProblem(fleet, registry, wish.envVar))
  );
}

/** Merges new rows at one place into one edit, because the order of two insertions is undefined in editors. */
function joined(edits: readonly TextEdit[]): TextEdit[] {
  const result: TextEdit[] = [];
  for (const edit of edits) {
    const last = result.at(-1);
    const same = last !== undefined && last.file === edit.file && last.start === edit.start;
    if (same && last.end === edit.end) result[result.length - 1] = { ...last, text: last.text + edit.text };
    else result.push(edit);
  }
  return result;
}

function registryFor({ registries }: Fleet, wanted: string | null): Registry | Refused {
  const names = registries.map(({ file }) => file);
  if (wanted !== null) {
    const registry = registries.find(({ file }) => file === wanted);
    return registry ?? { refused: `There is no registry ${wanted}.` };
  }
  const [only] = registries;
  if (only === undefined) {
    return {
      refused:
        'There is no registry here. `varsmith init` (in the editor: Initialise Fleet…) creates one; `varsmith new generator` (New Generator…) creates a single generator.',
    };
  }
  return registries.length === 1 ? only : { refused: `Which registry? There are ${names.join(', ')}.` };
}

function newEntry(
  { files }: ScaffoldSources,
  registry: Registry,
  wish: EntryWish,
): { readonly edit: TextEdit } | Refused {
  const refused = {
    refused: `The entries of ${registry.file} have a form that Varsmith cannot extend: add "${wish.key}" there by hand.`,
  };
  const file = files.parse(registry.file);
  if (file === null || file.errors.length > 0) {
    return file === null ? refused : { refused: `${registry.file} is not valid Nix: fix it first.` };
  }
  const written = inOneSet(file, writtenEntries(file, registry));
  const [first] = written;
  if (first === undefined) return refused;
  const set = setAround(file, first);
  const direct = set !== null && registry.at.file === file.path && registry.at.start === set;
  const entry = entryText(file, registry, written, direct, wish);
  if (entry === null) return refused;
  const kin = new Set(registry.keys.filter(({ domain }) => domain === entry.domain).map(({ key }) => key));
  return { edit: insertion(file, written, wish.key, entry.lines, entry.domain === null ? null : kin) };
}

/** Returns the start of the set that contains an entry. */
function setAround(file: SourceFile, { binding }: EntrySource): number | null {
  const around = expressionsAt(file, binding.start)
    .reverse()
    .find(expr => expr.kind === 'attrs' && expr.bindings.includes(binding));
  return around?.start ?? null;
}

/** Returns the entries in the set that contains most of them. */
function inOneSet(file: SourceFile, written: readonly EntrySource[]): readonly EntrySource[] {
  const sets = new Map<number, EntrySource[]>();
  for (const entry of written) {
    const set = setAround(file, entry);
    if (set !== null) sets.set(set, [...(sets.get(set) ?? []), entry]);
  }
  return [...sets.values()].sort((a, b) => b.length - a.length)[0] ?? [];
}

/**
 * Inserts an entry in order if the keys are sorted, otherwise after related entries, or after all.
 *
 * @param kin keys of the same domain
 */
function insertion(
  file: SourceFile,
  written: readonly EntrySource[],
  key: string,
  lines: readonly string[],
  kin: ReadonlySet<string> | null,
): TextEdit {
  const sorted =
    written.length > 1 &&
    written.every((entry, index) => index === 0 || (written[index - 1]?.key ?? '') < entry.key);
  const above = sorted
    ? written.filter(entry => entry.key < key).at(-1)
    : (written.findLast(entry => kin?.has(entry.key) === true) ?? written.at(-1));
  const beside = (above ?? (written[0] as EntrySource)).binding;
  const indent = indentOf(file, beside.start);
  const block = lines.map(line => (line === '' ? '' : indent + line));
  const spaced = hasBlankLines(file, written);
  if (above === undefined) {
    const eol = eolOf(file);
    const text = `${block.join(eol).trimStart()}${eol}${spaced ? eol : ''}${indent}`;
    return { file: file.path, start: beside.start, end: beside.start, text };
  }
  const rest = file.text.slice(beside.end).split(/\r?\n/, 1)[0] ?? '';
  // Anything else on the line would end up before the entry.
  if (!/^\s*(#.*)?$/.test(rest)) {
    const text = block.map(line => eolOf(file) + line).join('');
    return { file: file.path, start: beside.end, end: beside.end, text };
  }
  return insertBelow(file, beside, spaced ? ['', ...block] : block);
}
