/**
 * Asks Nix about the machines of a flake: with nix-eval-jobs where it is installed, and what that does not evaluate in a process of its
 * own for each machine, so that one that fails or never ends affects no other and its memory is released. All questions are about one state of the flake, which Nix copies into its store first.
 */

import type { NixAnswer, NixFacts, NixFailure, NixGenerator, NixMachine } from '../fleet/model/nix-answer.ts';
import type { NixEvaluator, NixLimits, NixReply } from '../host/programs/nix-evaluator.ts';
import type { NixJobs } from '../host/programs/nix-jobs.ts';
import { limiter, uniqueBy } from '../std.ts';
import type { KeptMachines } from './answer-cache.ts';
import { attemptsOfGenerator, type FailedAttempt, failedAttempts } from './failed-attempts.ts';
import { type FlakeFolder, lockedReference, ownPaths, referenceTo } from './flake-reference.ts';
import { askInJobs } from './jobs.ts';
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
  /** Evaluates many machines with few processes; null where it is not installed. */
  readonly jobs: NixJobs | null;
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

/** The largest number of parts of a machine that are asked for once more, for the message. */
const MAX_REASONS = 8;

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
  const answers = new Map<string, NixMachine>();
  const settle = (machine: NixMachine) => {
    answers.set(machine.name, machine);
    kept?.keep(machine);
    asking.onMachine?.(machine, answers.size, wanted.length);
  };
  for (const { name } of wanted) {
    const machine = kept?.read(name) ?? null;
    if (machine !== null) settle(machine);
  }
  const isOpen = ({ name }: NamedMachine) => !answers.has(name);
  const partly = new Map<string, PartialFacts & { readonly milliseconds: number }>();
  const early = await askInJobs(
    { ...asking, reference },
    wanted.filter(isOpen),
    (machine, value, milliseconds) => {
      const facts = factsIn(value, ownPath);
      const attempts = failedAttempts(value);
      if (facts !== null && attempts.length > 0)
        partly.set(machine.name, { facts, attempts, failures: [], milliseconds });
      else if (facts !== null) settle({ ...machine, milliseconds, isKept: false, facts, failures: [] });
    },
  );
  const limited = limiter(asking.workers);
  const askAlone = async (machine: NamedMachine) => {
    const known = partly.get(machine.name);
    if (known !== undefined) {
      const { milliseconds } = known;
      return settle({
        ...machine,
        milliseconds,
        isKept: false,
        ...(await withReasons(evaluation, machine.name, known)),
      });
    }
    const timed = { ...machine, begun: asking.now(), now: asking.now };
    settle(await machineOf(evaluation, timed, early.get(machine.name) ?? null));
  };
  await Promise.all(wanted.filter(isOpen).map(machine => limited(() => askAlone(machine))));
  const machines = wanted.flatMap(({ name }) => answers.get(name) ?? []);
  kept?.write();
  return {
    version: nix.version,
    ...{ revision, machines, machinesComplete: wanted.length === all.length, failure: null },
    ...(wanted.length === all.length
      ? {}
      : { unasked: all.filter(machine => !wanted.includes(machine)).map(({ name }) => name) }),
  };
}

type NamedMachine = Pick<NixMachine, 'name' | 'class'>;

interface MachineEvaluation {
  readonly nix: NixEvaluator;
  readonly reference: string;
  readonly limits: NixLimits;
  readonly ownPath: OwnPath;
}

/** @param early the reply, if the machine was asked about already */
async function machineOf(
  evaluation: MachineEvaluation,
  { begun, now, ...machine }: NamedMachine & { begun: number; now: () => number },
  early: NixReply | null,
): Promise<NixMachine> {
  const { nix, reference, limits, ownPath } = evaluation;
  const reply = early ?? (await nix.evaluate(machineFacts(reference, machine.name), limits));
  const facts = reply.kind === 'value' ? factsIn(reply.value, ownPath) : null;
  const answer = (facts: NixFacts | null, failures: readonly NixFailure[]): NixMachine => ({
    ...machine,
    ...{ milliseconds: Math.round(now() - begun), isKept: false, facts, failures },
  });
  if (facts !== null && reply.kind === 'value') {
    const partial = { facts, failures: [], attempts: failedAttempts(reply.value) };
    const { failures } = await withReasons(evaluation, machine.name, partial);
    return answer(facts, failures);
  }
  const failure = failureFrom(reply, ownPath);
  // A machine that reaches a limit would reach it in parts as well.
  if (failure.kind !== 'error') return answer(null, [failure]);
  const parts = await inParts(evaluation, machine.name);
  if (parts === null) return answer(null, [failure]);
  // Where all parts evaluate, it is something about its secrets that does not.
  const found = parts.failures.length === 0 ? [failure] : parts.failures;
  const { failures } = await withReasons(evaluation, machine.name, { ...parts, failures: found });
  return answer(parts.facts, failures);
}

/** A machine that evaluates but for some parts. */
interface PartialFacts {
  readonly facts: NixFacts;
  readonly failures: readonly NixFailure[];
  readonly attempts: readonly FailedAttempt[];
}

/** Asks for the messages of attempts that failed, and adds them to the failures. */
async function withReasons(
  { nix, reference, limits, ownPath }: MachineEvaluation,
  machine: string,
  { facts, failures, attempts }: PartialFacts,
): Promise<Pick<NixMachine, 'facts' | 'failures'>> {
  const all = [...failures];
  for (const { of, question } of attempts.slice(0, MAX_REASONS)) {
    const reply = await nix.evaluate(question(reference, machine), limits);
    if (reply.kind === 'error') all.push({ ...failureFrom(reply, ownPath), ...of });
    // The facts are known; what takes too long now is not worth more.
    else if (reply.kind !== 'value') break;
  }
  return {
    facts,
    failures: uniqueBy(all, ({ generator, secret, message, at }) =>
      JSON.stringify([generator, secret, message, at]),
    ),
  };
}

/** Asks for the names of a machine's generators, then for each of them. Returns null if the names do not evaluate either. */
async function inParts({ nix, reference, limits, ownPath }: MachineEvaluation, machine: string) {
  const outline = await nix.evaluate(machineOutline(reference, machine), limits);
  const facts = outline.kind === 'value' ? factsIn(outline.value, ownPath) : null;
  if (facts === null || facts.generatorNames.length > MAX_SINGLE) return null;
  const generators = new Map<string, NixGenerator>();
  const failures: NixFailure[] = [];
  const attempts: FailedAttempt[] = [];
  for (const name of facts.generatorNames) {
    const reply = await nix.evaluate(oneGenerator(reference, machine, name), limits);
    const generator = reply.kind === 'value' ? generatorIn(reply.value, []) : null;
    if (generator !== null && reply.kind === 'value') {
      generators.set(name, generator);
      attempts.push(...attemptsOfGenerator(name, reply.value));
    } else failures.push({ ...failureFrom(reply, ownPath), generator: name });
    if (failures.some(({ kind }) => kind !== 'error')) break;
  }
  return { facts: { ...facts, generators }, failures, attempts };
}

function failureFrom(reply: NixReply, ownPath: OwnPath): NixFailure {
  return reply.kind === 'value'
    ? failureOf('garbage', '', ownPath)
    : failureOf(reply.kind, reply.stderr, ownPath);
}
