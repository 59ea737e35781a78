/**
 * Determines the inputs and outputs of a generator from its script: the files it may write, the prompts and
 * dependencies it may read. Rules ask here before they claim that something is never written or read. Knows
 * nothing of findings.
 */

import { mayBeOfClan } from '../../../fleet/elsewhere/elsewhere.ts';
import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Generator, GeneratorBody } from '../../../fleet/model/generators.ts';
import { patternOf } from '../../../modules/name-patterns.ts';
import type { CommandFact, Flow, OpaqueFact, ReadFact } from '../../../shell/flow/flow-facts.ts';
import { type ShellPath, variablesIn } from '../../../shell/flow/values.ts';
import { fileTool } from '../../../shell/programs/file-tools.ts';
import { SPECIAL_TOOLS } from '../../../shell/programs/file-tools-special.ts';
import { isAlwaysThere, packagesWith } from '../../../shell/programs/tools.ts';
import { memoized, rememberLast } from '../../../std.ts';
import { derived } from '../../memory/derived.ts';
import type { Report } from '../../rule.ts';
import { factsOf, firstTime, possibleMachines, somewhere } from '../fleet-facts.ts';
import { type FollowedScript, followed } from '../followed-scripts.ts';

/** A generator with its script. */
export interface ExaminedGenerator {
  readonly generator: Generator;
  readonly body: GeneratorBody;
  /** The script, or null if there is none or it is not known. */
  readonly script: FollowedScript | null;
  /** True if there certainly is no script. */
  readonly scriptless: boolean;
  /** False if the generator may only extend one that is defined out of sight, or be extended from there. */
  readonly whole: boolean;
}

/** A definition with a computed name that only extends what others define. */
interface Addition {
  readonly name: string;
  readonly pattern: RegExp;
  /** The machines that may have it; empty if they are not known. */
  readonly machines: readonly string[];
}

/** All generators of a fleet with the facts about their scripts, computed once. */
export const examined = derived((fleet): readonly ExaminedGenerator[] => {
  const additions = fleet.generators
    .filter(
      generator =>
        generator.nameKind === 'pattern' && generator.definitions.every(({ kind }) => kind === 'partial'),
    )
    .map(generator => ({
      name: generator.name,
      pattern: patternOf(generator.name),
      machines: possibleMachines(generator),
    }))
    // A definition that no machine has extends nothing.
    .filter(({ machines }) => machines.length > 0 || fleet.modules.size === 0);
  const clanNames = clanNamesIn(fleet);
  const byGenerator = examinedWith(
    [...clanNames, '', ...additions.map(({ name, machines }) => [name, ...machines].join(' '))].join('\0'),
  );
  return fleet.generators.flatMap(generator => {
    const before = byGenerator.get(generator);
    if (before !== undefined) return before;
    const fresh = generator.bodies().map(body => examine(generator, body, { additions, clanNames }));
    byGenerator.set(generator, fresh);
    return fresh;
  });
});

/**
 * Caches the examined generators for as long as the same definitions with partly known names extend generators.
 */
const examinedWith = rememberLast(
  (_additions: string) => new WeakMap<Generator, readonly ExaminedGenerator[]>(),
);

interface Surroundings {
  readonly additions: readonly Addition[];
  /** Names of generators without a script here, for which a service or module of clan-core may provide one. */
  readonly clanNames: ReadonlySet<string>;
}

function clanNamesIn(fleet: Fleet): ReadonlySet<string> {
  const names = new Set<string>();
  for (const generator of fleet.generators) {
    const { name, nameKind } = generator;
    if (generator.bodies().every(({ script }) => script !== null)) continue;
    const { elsewhere } = factsOf(fleet);
    const isOnMachine = (machine: string | null) => mayBeOfClan(elsewhere, { name, declared: [] }, machine);
    const machines = nameKind === 'pattern' ? null : possibleMachines(generator);
    if (somewhere(machines, isOnMachine)) names.add(name);
  }
  return names;
}

function examine(
  generator: Generator,
  body: GeneratorBody,
  { additions, clanNames }: Surroundings,
): ExaminedGenerator {
  const script = followed(body.script);
  const isDefinedHere = generator.definitions.some(({ kind }) => kind === 'full');
  return {
    generator,
    body,
    script,
    scriptless: body.script === null && (body.complete.packages || body.complete.dependencies),
    whole:
      (isDefinedHere || body.script !== null) &&
      // A clan-core generator that is extended here has its script in clan-core.
      (body.script !== null || !clanNames.has(generator.name)) &&
      !additions.some(addition => mayAddTo(addition, generator)),
  };
}

function mayAddTo({ name, pattern, machines }: Addition, generator: Generator): boolean {
  if (name === generator.name || !pattern.test(generator.name)) return false;
  const having = possibleMachines(generator);
  return machines.length === 0 || having.length === 0 || having.some(machine => machines.includes(machine));
}

/**
 * Returns whether two partly known names may be equal. Identical patterns are; others are if their holes allow
 * it.
 */
export function mayBeSame(name: string, other: string): boolean {
  if (name === other) return true;
  const left = name.includes('${');
  const right = other.includes('${');
  if (left && right) return true;
  if (left) return patternOf(name).test(other);
  return right && patternOf(other).test(name);
}

/** Splits a path at its slashes and keeps holes whole. */
function segmentsOf(rest: string): string[] {
  return rest.split(/\/(?![^{]*\})/);
}

/** Reasons why a script may do anything, not only write. */
const ANYTHING: ReadonlySet<OpaqueFact['reason']> = new Set([
  'eval',
  'source',
  'dynamic-command',
  'program',
  'unreadable',
  'limit',
]);

/**
 * Returns whether the script passes control to something unknown. Its directories are in the environment, so a
 * custom program may read and write anything.
 */
export const callsUnknownCode = memoized(
  (flow: Flow) => flow.opaque.some(({ reason }) => ANYTHING.has(reason)) || flow.commands.some(isForeign),
);

function isForeign({ kind, name, lookup }: CommandFact): boolean {
  if (kind === 'unknown') return true;
  if (kind !== 'program') return false;
  if (name === null || (lookup === 'other' && !isPublic(name))) return true;
  return !isPublic(name);
}

/** Returns whether it is a well-known program, which knows nothing of generators. */
function isPublic(name: string): boolean {
  return (
    isAlwaysThere(name) ||
    Object.hasOwn(SPECIAL_TOOLS, name) ||
    fileTool(name, []) !== null ||
    packagesWith(name).length > 0
  );
}

/**
 * Returns whether the script changes into one of its directories. Programs that find and create files in the
 * current directory are recognised only if the table of tools has them.
 */
function goesInto(flow: Flow, variable: string): boolean {
  return flow.commands.some(
    ({ name, arguments: words }) =>
      (name === 'cd' || name === 'pushd' || name === 'env') &&
      words.some(({ value }) => variablesIn(value).includes(variable)),
  );
}

/** Returns whether a program that is not fully known runs where `$out` may be the current directory. */
export function mayRunUnknownInOut(flow: Flow): boolean {
  return (
    goesInto(flow, 'out') &&
    flow.commands.some(
      ({ kind, name }) =>
        kind === 'program' &&
        name !== null &&
        !isAlwaysThere(name) &&
        !Object.hasOwn(SPECIAL_TOOLS, name) &&
        fileTool(name, []) === null,
    )
  );
}

/**
 * Returns whether a command has words that come from Nix and may be any number of options, such as `-out
 * "$out/x"`.
 */
function hasUnknownOptions({ source, flow }: FollowedScript): boolean {
  return flow.commands.some(
    ({ kind, arguments: words }) =>
      kind === 'program' &&
      words.some(
        ({ value, start }) => value.length === 1 && value[0]?.kind === 'hole' && source.text[start] === '$',
      ),
  );
}

/** The files that a script may leave in `$out`. */
interface PossibleOutputs {
  /** True if it may leave any file. */
  readonly any: boolean;
  readonly written: readonly ShellPath[];
  readonly opaque: readonly ShellPath[];
}

/** Cached, because a script may have a hundred files and each is asked for. */
const leftBy = memoized(findLeft);

function findLeft(script: FollowedScript): PossibleOutputs {
  const { flow } = script;
  const opaque = flow.opaque.map(({ path }) => path);
  return {
    any:
      callsUnknownCode(flow) ||
      mayRunUnknownInOut(flow) ||
      hasUnknownOptions(script) ||
      opaque.includes(null),
    written: flow.writes.flatMap(({ path, how, fate }) =>
      how !== 'directory' && fate !== 'removed' && isBelow(path, 'out') ? [path] : [],
    ),
    opaque: opaque.filter(path => path !== null),
  };
}

/** Returns whether the script may leave a file of this name in `$out`; false only if it certainly does not. */
export function mayWrite(script: FollowedScript, name: string): boolean {
  const { any, written, opaque } = leftBy(script);
  return any || written.some(path => mayReach(path, name)) || opaque.some(path => mayHold(path, 'out', name));
}

function isBelow(path: ShellPath, variable: string): boolean {
  return path.root === 'variable' && path.variable === variable;
}

function mayReach(path: ShellPath, name: string): boolean {
  // `mv keys "$out/keys"` moves everything in the directory.
  return path.rest === null || mayBeSame(path.rest, name) || name.startsWith(`${path.rest}/`);
}

/** Returns whether the path may be the file or a directory above it. */
function mayHold(path: ShellPath, variable: string, name: string): boolean {
  if (!isBelow(path, variable)) return path.root === 'unknown' || path.root === 'hole';
  if (path.rest === null || path.rest === '') return true;
  // `--prefix "$out/ca"` creates `ca.crt` and `ca.key`, and so may `--cert "$out/ca.crt"`.
  return mayBeSame(path.rest, name) || name.startsWith(path.rest.replace(/\.[^./]*$/, ''));
}

/**
 * Returns whether the script may read the member of `$prompts` or `$in` with this name. A test for existence
 * counts too, because a called program may read it.
 */
export function mayRead(script: FollowedScript, variable: 'prompts' | 'in', name: string): boolean {
  const { flow } = script;
  if (callsUnknownCode(flow) || goesInto(flow, variable)) return true;
  if (flow.reads.some(read => mayBeReadAt(read, variable, name))) return true;
  return mentionsUnseen(script, variable);
}

function mayBeReadAt({ path, how }: ReadFact, variable: string, name: string): boolean {
  if (path.root === 'unknown') return path.from.includes(variable);
  if (!isBelow(path, variable)) return false;
  if (path.rest === null) return true;
  // `$in` itself is passed to a program; exporting or printing the directory's name reads nothing.
  if (path.rest === '') return how !== 'test';
  return mayBeSame(segmentsOf(path.rest)[0] as string, name);
}

/**
 * Returns whether the directory is mentioned where it is no variable of the script: in a program's text or a
 * quoted here-document.
 */
function mentionsUnseen({ source, flow }: FollowedScript, variable: string): boolean {
  if (variable === 'in') return false;
  const variableStarts = flow.variables.filter(fact => fact.name === variable).map(fact => fact.nameAt.start);
  for (const match of source.text.matchAll(new RegExp(`\\b${variable}\\b`, 'g'))) {
    const line = source.text.lastIndexOf('\n', match.index) + 1;
    const isComment = /^\s*#/.test(source.text.slice(line, match.index));
    if (!isComment && !variableStarts.includes(match.index)) return true;
  }
  return false;
}

/** Returns whether the script fails at this read if the file is missing. */
export function failsWithout(flow: Flow, read: ReadFact): boolean {
  if (!read.certain || (read.how !== 'file' && read.how !== 'stdin')) return false;
  return read.command === null || flow.commands[read.command]?.checked === true;
}

/** Returns whether the read opens the file, rather than mentioning or testing it. */
export function opens({ how }: ReadFact): boolean {
  return how === 'file' || how === 'stdin' || how === 'argument';
}

/**
 * Returns the member of `$in` or `$prompts` that is read, and the path within it, or null if it is something
 * else or not known.
 */
export function memberRead(
  { path }: Pick<ReadFact, 'path'>,
  variable: 'prompts' | 'in' | 'out',
): { readonly name: string; readonly file: string | null } | null {
  if (!isBelow(path, variable) || path.rest === null || path.rest === '') return null;
  const [name = '', ...more] = segmentsOf(path.rest);
  return { name, file: more.length === 0 ? null : more.join('/') };
}

/** Returns whether the script tests for the path before using it: `if [ -e "$in/x/y" ]`. */
export function isAskedAbout(flow: Flow, variable: 'prompts' | 'in', name: string): boolean {
  return flow.reads.some(read => {
    if (read.how !== 'test') return false;
    if (read.path.root === 'unknown') return read.path.from.includes(variable);
    if (!isBelow(read.path, variable)) return false;
    if (read.path.rest === null || read.path.rest === '') return true;
    return mayBeSame(segmentsOf(read.path.rest)[0] as string, name);
  });
}

/** Reports each place once, because an output of a helper function appears in every generator that it makes. */
export function* oncePerPlace(reports: Iterable<Report>): Iterable<Report> {
  const isNew = firstTime();
  for (const report of reports) if (isNew(report)) yield report;
}

/** Returns the machines that have a generator, for a report. */
export function machinesOf({ generator }: ExaminedGenerator): readonly string[] {
  return generator.machines ?? [];
}
