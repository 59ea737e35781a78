/** Finds uses of files that their generator lacks on the machines that read the use. */

import { editDistance, suggest } from '../../../edits/suggest.ts';
import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Generator, GeneratorBody } from '../../../fleet/model/generators.ts';
import type { Use } from '../../../fleet/model/uses.ts';
import { mayInclude, patternOf } from '../../../modules/name-patterns.ts';
import { isAmong, sortedUnique } from '../../../std.ts';
import { perObject } from '../../memory/kept.ts';
import type { CheckContext, Severity } from '../../rule.ts';
import { type Facts, factsOf, mayHaveFileDefinedElsewhere, possibleMachines } from '../fleet-facts.ts';
import { clanGeneratorsFor } from '../near-names.ts';
import { readersOf } from './reading-machines.ts';

/** A generator that lacks a used file. */
export interface LackingFile {
  /** All files that it has on those machines. */
  readonly files: readonly string[];
  /** The affected machines, if not all readers of the use are affected. */
  readonly machines: readonly string[];
  readonly severity?: Severity;
}

/**
 * Returns the generator's files if the used file certainly is not among them, or null.
 *
 * @param askReaders returns the machines that may evaluate the use, or null if they are not known
 */
export function lackingFile(
  context: CheckContext,
  use: Use,
  askReaders: () => readonly string[] | null,
): LackingFile | null {
  const name = use.fileName;
  if (name === null || use.fileKind === 'pattern') return null;
  const asked: RequestedFile = { generator: use.generator, name };
  const generators = factsOf(context.fleet).generators.get(use.generator) ?? [];
  // Fast path, because nearly all uses are correct, and most generators are the same on all machines.
  const isSame = generators.every(generator => generator.variants().length <= 1);
  if (isSame && generators.some(generator => mayInclude(generator.body().files, name))) return null;
  return generators.length === 0
    ? lackingFromClan(context.fleet, asked, askReaders)
    : lackingDeclared(context, use, asked, generators, askReaders());
}

interface RequestedFile {
  readonly generator: string;
  readonly name: string;
}

function lackingDeclared(
  { fleet }: CheckContext,
  use: Use,
  { generator, name }: RequestedFile,
  generators: readonly Generator[],
  readers: readonly string[] | null,
): LackingFile | null {
  const facts = factsOf(fleet);
  const having = readers?.filter(machine => generators.some(candidate => isOn(candidate, machine))) ?? [];
  if (having.length === 0) {
    // If all modules of a machine are known, it is the generator that is missing.
    const isElsewhere = generators.some(candidate => possibleMachines(candidate).length > 0);
    if (isElsewhere && readers?.every(machine => fleet.modules.get(machine)?.complete === true)) return null;
    return lackingEverywhere(facts, { generator, name }, generators, readers);
  }
  const isWithout = (machine: string) =>
    generators.every(candidate => !isOn(candidate, machine) || !mayHave(candidate.bodyOn(machine), name)) &&
    !mayHaveFileDefinedElsewhere(facts, generator, name, [machine]);
  const without = having.filter(isWithout);
  const isOnAll = without.length === having.length;
  const importing = readersOf(fleet, use.at.file)?.certain ?? [];
  const machines = isOnAll ? without : without.filter(machine => importing.includes(machine));
  const [first] = machines;
  if (first === undefined || (!isOnAll && use.reached !== 'surely')) return null;
  const bodies = generators
    .filter(candidate => isOn(candidate, first))
    .map(candidate => candidate.bodyOn(first));
  return { files: filesOf(bodies), machines: isOnAll ? [] : machines };
}

function isOn({ machines, possibleMachines }: Generator, machine: string): boolean {
  return (machines !== null && isAmong(machines, machine)) || possibleMachines.includes(machine);
}

/** Checks the use against the workspace's declarations, regardless of the machine. */
function lackingEverywhere(
  facts: Facts,
  { generator, name }: RequestedFile,
  generators: readonly Generator[],
  readers: readonly string[] | null,
): LackingFile | null {
  if (mayHaveFileDefinedElsewhere(facts, generator, name, readers)) return null;
  const bodies = generators.map(candidate => candidate.body());
  return bodies.some(body => mayHave(body, name)) ? null : { files: filesOf(bodies), machines: [] };
}

/**
 * Checks the use against clan-core's generators. Other versions have other files, so only a misspelling is
 * certain.
 */
function lackingFromClan(
  fleet: Fleet,
  { generator, name }: RequestedFile,
  askReaders: () => readonly string[] | null,
): LackingFile | null {
  if (!fleet.clanGenerators.some(({ name }) => name === generator)) return null;
  const clanGenerators = clanGeneratorsFor(fleet, generator, askReaders());
  const files = clanGenerators.flatMap(candidate => candidate.files.map(file => file.name));
  if (files.some(file => patternOf(file).test(name))) return null;
  const meant = suggest(name, files);
  return meant === null || editDistance(name, meant) > 2
    ? null
    : { files: sortedUnique(files), machines: [], severity: 'warning' };
}

function filesOf(bodies: readonly GeneratorBody[]): readonly string[] {
  return sortedUnique(bodies.flatMap(({ files }) => files.map(file => file.name)));
}

const answersOf = perObject((_: GeneratorBody) => new Map<string, boolean>());

/** Returns whether the generator may have a file of this name. Called for each machine that uses it. */
export function mayHave(body: GeneratorBody, name: string): boolean {
  const answers = answersOf(body);
  let answer = answers.get(name);
  if (answer === undefined) {
    answer = !body.complete.files || mayInclude(body.files, name);
    answers.set(name, answer);
  }
  return answer;
}
