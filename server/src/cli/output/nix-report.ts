/** Formats Nix's answer for `--nix`: as data for programs, and as a line for people. */

import { nixSaysOf, WITNESS_WORDS } from '../../checks/facts/eval/nix-says.ts';
import { counted } from '../../checks/facts/wording.ts';
import type {
  NixAnswer,
  NixFailure,
  NixMachine,
  NixWitness,
  Witness,
  WitnessedFact,
} from '../../fleet/model/nix-answer.ts';
import { groupBy } from '../../std.ts';
import type { MachinePart } from '../machine-share.ts';
import type { At } from './inspection-bodies.ts';

export interface NixReport {
  readonly answer: NixAnswer;
  /** The time for all questions, including those answered from the cache. */
  readonly milliseconds: number;
}

export type Witnessed = Pick<NixWitness, 'facts' | 'secrets'>;

/** What every witnessed fact has, of generators and of secrets. */
type Fact = Omit<WitnessedFact, 'generator'>;

/**
 * Returns the answer as data.
 * @param witnessed the facts of the fleet into which the answer was merged
 */
export function nixData({ answer, milliseconds }: NixReport, witnessed: Witnessed, at: At) {
  const { facts, secrets } = witnessed;
  const { version, revision, machines, failure } = answer;
  return {
    ...{ version, revision, milliseconds },
    machines: machines.map(machineData),
    failure: failure === null ? null : failureData(failure),
    facts: countsOf(facts),
    witnesses: witnessesOf(facts, at),
    secretFacts: countsOf(secrets),
    secretWitnesses: witnessesOf(secrets, at),
  };
}

/** Returns what Nix was asked about and how it went, for `check`. @param asked the answer, or why there is none */
export function askedData(asked: NixReport | { readonly absent: string }, part: MachinePart) {
  if ('absent' in asked)
    return {
      ...{ version: null, revision: null, milliseconds: null, absent: asked.absent, ...part },
      ...{ machines: [], unasked: [], failure: null },
    };
  const { answer, milliseconds } = asked;
  const { version, revision, machines, unasked = [], failure } = answer;
  return {
    ...{ version, revision, milliseconds, absent: null, ...part },
    machines: machines.map(machineData),
    unasked,
    failure: failure === null ? null : failureData(failure),
  };
}

/** Returns all facts that are not confirmed. */
function witnessesOf<T extends Fact>(facts: readonly T[], at: At) {
  return withMachines(facts.filter(({ witness }) => witness !== 'confirmed')).map(
    ({ at: place, ...fact }) => ({
      ...fact,
      ...(place === null ? { file: null, line: null, column: null } : at(place)),
    }),
  );
}

function countsOf(facts: readonly Fact[]): Record<Witness, number> {
  const counts = { confirmed: 0, nix: 0, contradicted: 0, read: 0 };
  for (const { witness } of facts) counts[witness]++;
  return counts;
}

/** Combines facts that are the same on several machines. */
function withMachines<T extends Fact>(facts: readonly T[]) {
  const same = groupBy(facts, ({ machine, ...fact }) =>
    JSON.stringify(
      fact.fact === 'machine' ? { ...fact, read: fact.read !== null, nix: fact.nix !== null } : fact,
    ),
  );
  return [...same.values()].map(group => {
    const { machine, ...fact } = group[0] as T;
    return { ...fact, machines: group.map(({ machine: name }) => name) };
  });
}

function machineData({ name, class: machineClass, milliseconds, isKept, facts, failures }: NixMachine) {
  return {
    name,
    class: machineClass,
    milliseconds,
    kept: isKept,
    evaluated: facts !== null,
    generators: facts?.generatorNames.length ?? null,
    failures: failures.map(failureData),
  };
}

function failureData({ kind, message, generator, secret, at, frames }: NixFailure) {
  return {
    ...{ kind, message, generator: generator ?? null, secret: secret ?? null },
    ...{ file: at?.file ?? null, line: at?.line ?? null, column: at?.column ?? null },
    frames,
  };
}

/** Returns `Nix 2.26.3 at 113980e: evaluates 12 of 13 machines, 34.0 s, 12 facts that only Nix knows`. */
export function nixText({ answer, milliseconds }: NixReport, witnessed: Witnessed): string {
  const { version, revision, machines } = answer;
  const evaluated = machines.filter(({ facts }) => facts !== null).length;
  const partly = machines.filter(({ facts, failures }) => facts !== null && failures.length > 0).length;
  const kept = machines.filter(({ isKept }) => isKept).length;
  const at = revision === null ? '' : ` at ${revision.replace(/^([0-9a-f]{7})[0-9a-f]*/, '$1')}`;
  const { nix, contradicted } = countsOf([...witnessed.facts, ...witnessed.secrets]);
  return [
    `Nix ${version}${at}: evaluates ${evaluated} of ${counted(machines.length, 'machine')}${partly > 0 ? `, ${partly} of them in part` : ''}`,
    `${(milliseconds / 1000).toFixed(1)} s`,
    ...(kept > 0 ? [`${counted(kept, 'answer')} of an earlier time`] : []),
    ...(nix > 0 ? [`${counted(nix, 'fact')} that only Nix knows`] : []),
    ...(contradicted > 0 ? [`${counted(contradicted, 'fact')} that Nix contradicts`] : []),
  ].join(', ');
}

/** A generator of one machine, or one that machines share. */
interface Placed {
  readonly generator: string;
  readonly machines: readonly string[];
}

/** Returns the witness as a property for programs; nothing if Nix was not asked. */
export function witnessData(nix: NixWitness | null, placed: Placed): { readonly witness?: Witness | null } {
  return nix === null ? {} : { witness: witnessOf(nix, placed) };
}

/** Returns the witness in brackets, behind other words; empty for what needs no attention. */
export function witnessText(nix: NixWitness | null, placed: Placed): string {
  const witness = witnessOf(nix, placed);
  const words = witness === null ? '' : WITNESS_WORDS[witness];
  return words === '' ? '' : ` (${words})`;
}

function witnessOf(nix: NixWitness | null, { generator, machines }: Placed): Witness | null {
  const [only, ...others] = machines;
  const machine = others.length === 0 ? (only ?? null) : null;
  return nixSaysOf(nix, { generator, machine }, machines)?.witness ?? null;
}
