/**
 * Asks Nix about the machines of a flake, each in a process of its own, so that a machine that fails or never ends affects no other
 * and its memory is released. All questions are about one state of the flake, which Nix copies into its store first.
 */

import type { NixAnswer, NixFacts, NixFailure, NixGenerator, NixMachine } from '../fleet/model/nix-answer.ts';
import type { NixEvaluator, NixLimits, NixReply } from '../host/programs/nix-evaluator.ts';
import { limiter } from '../std.ts';
import type { KeptMachines } from './answer-cache.ts';
import { type FlakeFolder, lockedReference, ownPaths, referenceTo } from './flake-reference.ts';
import { failureOf } from './nix-error.ts';
import { machineFacts, machineNames, machineOutline, oneGenerator } from './question.ts';
import {
  type FlakeMetadata,
  factsIn,
  generatorIn,
  machineNamesIn,
  metadataIn,
  type OwnPath,
} from './reply.ts';

export interface Asking {
  readonly nix: NixEvaluator;
  readonly folder: FlakeFolder;
  readonly limits: NixLimits;
  /** How many machines are evaluated at once. */
  readonly workers: number;
  /** Milliseconds, as a clock that only goes forward counts them. */
  readonly now: () => number;
  /** Selects machines; null for all. */
  readonly isWanted: ((machine: string) => boolean) | null;
  /** Opens the cache of answers to the same question; null without a cache. */
  readonly kept: ((version: string, flake: FlakeMetadata, inside: string) => KeptMachines) | null;
  /** Called with each machine when Nix is done with it, in any order. */
  readonly onMachine?: (machine: NixMachine, done: number, all: number) => unknown;
}

/** The largest number of generators of a failing machine that are asked for one by one. */
const MAX_SINGLE = 64;

export async function askNix(asking: Asking): Promise<NixAnswer> {
  const { nix, folder, limits } = asking;
  const failed = (failure: NixFailure, revision: string | null): NixAnswer => ({
    version: nix.version,
    ...{ revision, machines: [], machinesComplete: false, failure },
  });
  const taken = await nix.metadata(referenceTo(folder), limits);
  const flake = taken.kind === 'value' ? metadataIn(taken.value) : null;
  if (flake === null)
    return failed(
      failureFrom(taken, () => null),
      null,
    );
  const revision = flake.revision ?? flake.dirtyRevision ?? null;
  const ownPath = ownPaths(folder, flake);
  const reference = lockedReference(folder, flake);
  const listed = await nix.evaluate(machineNames(reference), limits);
  const names = listed.kind === 'value' ? machineNamesIn(listed.value) : null;
  if (names === null) return failed(failureFrom(listed, ownPath), revision);

  const all = [
    ...names.nixos.map(name => ({ name, class: 'nixos' as const })),
    ...names.darwin.map(name => ({ name, class: 'darwin' as const })),
  ];
  const wanted = all.filter(({ name }) => asking.isWanted?.(name) !== false);
  const kept = asking.kept?.(nix.version, flake, referenceTo(folder)) ?? null;
  const evaluation = { nix, reference, limits, ownPath };
  let done = 0;
  const ask = async ({ name, class: machineClass }: Pick<NixMachine, 'name' | 'class'>) => {
    const machine =
      kept?.read(name) ??
      (await machineOf(evaluation, { name, class: machineClass, begun: asking.now(), now: asking.now }));
    kept?.keep(machine);
    asking.onMachine?.(machine, ++done, wanted.length);
    return machine;
  };
  const limited = limiter(asking.workers);
  const machines = await Promise.all(wanted.map(machine => limited(() => ask(machine))));
  kept?.write();
  return {
    version: nix.version,
    ...{ revision, machines, machinesComplete: wanted.length === all.length, failure: null },
  };
}

interface MachineEvaluation {
  readonly nix: NixEvaluator;
  readonly reference: string;
  readonly limits: NixLimits;
  readonly ownPath: OwnPath;
}

async function machineOf(
  evaluation: MachineEvaluation,
  { begun, now, ...machine }: Pick<NixMachine, 'name' | 'class'> & { begun: number; now: () => number },
): Promise<NixMachine> {
  const { nix, reference, limits, ownPath } = evaluation;
  const reply = await nix.evaluate(machineFacts(reference, machine.name), limits);
  const facts = reply.kind === 'value' ? factsIn(reply.value, ownPath) : null;
  const answer = (facts: NixFacts | null, failures: readonly NixFailure[]): NixMachine => ({
    ...machine,
    ...{ milliseconds: Math.round(now() - begun), isKept: false, facts, failures },
  });
  if (facts !== null) return answer(facts, []);
  const failure = failureFrom(reply, ownPath);
  // A machine that reaches a limit would reach it in parts as well.
  if (failure.kind !== 'error') return answer(null, [failure]);
  const parts = await inParts(evaluation, machine.name);
  return answer(parts?.facts ?? null, parts?.failures ?? [failure]);
}

/** Asks for the names of a machine's generators, then for each of them. Returns null if the names do not evaluate either. */
async function inParts({ nix, reference, limits, ownPath }: MachineEvaluation, machine: string) {
  const outline = await nix.evaluate(machineOutline(reference, machine), limits);
  const facts = outline.kind === 'value' ? factsIn(outline.value, ownPath) : null;
  if (facts === null || facts.generatorNames.length > MAX_SINGLE) return null;
  const generators = new Map<string, NixGenerator>();
  const failures: NixFailure[] = [];
  for (const name of facts.generatorNames) {
    const reply = await nix.evaluate(oneGenerator(reference, machine, name), limits);
    const generator = reply.kind === 'value' ? generatorIn(reply.value, []) : null;
    if (generator !== null) generators.set(name, generator);
    else failures.push(failureFrom(reply, ownPath));
    if (failures.some(({ kind }) => kind !== 'error')) break;
  }
  return { facts: { ...facts, generators }, failures };
}

function failureFrom(reply: NixReply, ownPath: OwnPath): NixFailure {
  return reply.kind === 'value'
    ? failureOf('garbage', '', ownPath)
    : failureOf(reply.kind, reply.stderr, ownPath);
}
