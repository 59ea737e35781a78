/**
 * Says who vouches for what is shown of a fleet that Nix was asked about: confirmed by Nix, known to Nix alone, contradicted by Nix, or read
 * here alone. In words for hovers, views and plans.
 */

import type {
  NixAnswer,
  NixMachine,
  NixWitness,
  Witness,
  WitnessedFact,
} from '../../../fleet/model/nix-answer.ts';
import type { SecretKeeper } from '../../../fleet/model/secrets.ts';
import { groupBy, sortedUnique } from '../../../std.ts';
import { counted, inBrackets, joined, quoted } from '../wording.ts';

/** What Nix says of a machine, a generator or a file. */
export interface NixSays {
  /** Who vouches for its being there; `contradicted` if Nix contradicts any of its facts. */
  readonly witness: Witness;
  /** A sentence with the revision: `Confirmed by Nix at 113980e, which alone knows the script.` */
  readonly sentence: string;
}

/** What is shown: a generator, on one machine or all, or one of its files. */
export interface ShownItem {
  readonly generator: string;
  /** Null for all machines. */
  readonly machine: string | null;
  /** The name of a file of the generator; null for the generator. */
  readonly file?: string | null;
}

/** The name of a witness where little space is: empty for what needs no attention. */
export const WITNESS_WORDS: Readonly<Record<Witness, string>> = {
  confirmed: '',
  read: '',
  nix: 'only Nix says',
  contradicted: 'Nix disagrees',
};

/** Returns what Nix says of a generator or a file; null if Nix was not asked, or about none of its machines. */
export function nixSaysOf(
  nix: NixWitness | null,
  { generator, machine, file = null }: ShownItem,
  having: readonly string[],
): NixSays | null {
  if (nix === null) return null;
  const ofGenerator = factsByGenerator(nix).get(generator) ?? [];
  const facts = ofGenerator.filter(
    fact => (machine === null || fact.machine === machine) && (file === null || isOfFile(fact.fact, file)),
  );
  const presence = facts.filter(({ fact }) => fact === (file === null ? 'machine' : `file ${file}`));
  return facts.length === 0
    ? readAlone(nix.answer, machine === null ? having : [machine])
    : saidOf(nix, { facts, presence, what: 'generator', withMachines: machine === null });
}

/** Returns what Nix says of a secret of sops-nix or agenix on all machines; null if Nix was not asked, or knows nothing of it. */
export function nixSaysOfSecret(nix: NixWitness | null, keeper: SecretKeeper, name: string): NixSays | null {
  const facts = nix?.secrets.filter(({ keeper: kind, secret }) => kind === keeper && secret === name) ?? [];
  if (nix === null || facts.length === 0) return null;
  const presence = facts.filter(({ fact }) => fact === 'machine');
  return saidOf(nix, { facts, presence, what: 'secret', withMachines: true });
}

type Fact = Pick<WitnessedFact, 'machine' | 'fact' | 'witness' | 'read' | 'nix' | 'asOf'>;

/** The facts of an item, and how they are told. */
interface Told {
  /** Not empty. */
  readonly facts: readonly Fact[];
  /** Those that say that the item is there. */
  readonly presence: readonly Fact[];
  readonly what: 'generator' | 'secret';
  /** True to name the machines of contradictions. */
  readonly withMachines: boolean;
}

function saidOf(nix: NixWitness, { facts, presence, what, withMachines }: Told): NixSays {
  const at = source(nix, facts.find(({ asOf }) => asOf !== undefined)?.asOf ?? null);
  const contradicted = facts.filter(({ witness }) => witness === 'contradicted');
  if (contradicted.length > 0)
    return {
      witness: 'contradicted',
      sentence: `Nix disagrees${at}: ${contradictions(contradicted, what, withMachines)}.`,
    };
  if (presence.length > 0 && presence.every(({ witness }) => witness === 'nix'))
    return { witness: 'nix', sentence: `Known only from Nix${at}.` };
  if (presence.length > 0 && presence.every(({ witness }) => witness === 'read'))
    return { witness: 'read', sentence: `Read here: edited since it was evaluated by Nix${at}.` };
  const alone = namesOf(facts.filter(({ witness }) => witness === 'nix'));
  return {
    witness: 'confirmed',
    sentence: `Confirmed by Nix${at}${alone.length === 0 ? '' : `, which alone knows ${joined(alone, MAX_FACTS)}`}.`,
  };
}

/** Returns what Nix says of a machine as a whole; null if it was not asked about it. */
export function nixSaysOfMachine(nix: NixWitness | null, name: string): NixSays | null {
  const machine = nix?.answer.machines.find(candidate => candidate.name === name);
  if (nix === null || machine === undefined) return null;
  const { facts, failures } = machine;
  const at = source(nix, nix.asOf(name));
  const why = failures[0] === undefined ? '' : `: ${failures[0].message.replace(/\.$/, '')}`;
  if (facts === null) return { witness: 'read', sentence: `Nix cannot evaluate it${at}${why}.` };
  if (why !== '') return { witness: 'confirmed', sentence: `Nix can evaluate only part of it${at}${why}.` };
  const wrong = factsByMachine(nix)
    .get(name)
    ?.filter(({ witness }) => witness === 'contradicted');
  if (wrong !== undefined && wrong.length > 0)
    return {
      witness: 'contradicted',
      sentence: `Nix disagrees${at} about ${counted(wrong.length, 'fact')} of it.`,
    };
  return { witness: 'confirmed', sentence: `Evaluated by Nix${at}${duration(machine)}.` };
}

const MAX_FACTS = 3;

function duration({ milliseconds }: NixMachine): string {
  return ` in ${(milliseconds / 1000).toFixed(1)} s`;
}

/**
 * Returns the answer's revision, to go behind "Nix": ` at 113980e`; the version of Nix for a fleet without git.
 * @param asOf when Nix was asked, in ISO 8601, if edits may have changed the item since; else null
 */
function source({ answer: { revision, version } }: NixWitness, asOf: string | null): string {
  const time = asOf === null ? '' : ` (as of ${asOf.slice(0, 16).replace('T', ' ')} UTC)`;
  if (revision === null) return ` ${version}${time}`;
  const [commit = '', dirty] = revision.split('-', 2);
  return ` at ${commit.slice(0, 7)}${dirty === undefined ? '' : ' with changes'}${time}`;
}

/** Says which of an item's machines Nix did not evaluate; null if it was not asked about any. */
function readAlone({ machines }: NixAnswer, having: readonly string[]): NixSays | null {
  const failed = machines
    .filter(({ name, facts }) => facts === null && having.includes(name))
    .map(({ name }) => name);
  if (failed.length === 0) return null;
  return { witness: 'read', sentence: `Read here alone: Nix does not evaluate ${quoted(failed)}.` };
}

function contradictions(facts: readonly Fact[], what: Told['what'], withMachines: boolean): string {
  const same = groupBy(facts, fact => contradiction(fact, what));
  const shown = [...same]
    .slice(0, MAX_FACTS)
    .map(([text, having]) => text + (withMachines ? inBrackets(having.map(({ machine }) => machine)) : ''));
  const more = same.size > MAX_FACTS ? [`and ${same.size - MAX_FACTS} more`] : [];
  return [...shown, ...more].join('; ');
}

function contradiction({ fact, read, nix }: Fact, what: Told['what']): string {
  const name = nameOf(fact);
  if (fact === 'script') return 'another script';
  if (read === null) return `there is ${fact === 'machine' ? `such a ${what}` : name}`;
  if (nix === null) return `there is no ${fact === 'machine' ? `such ${what}` : name}`;
  return `${name} is ${short(nix)}, read here as ${short(read)}`;
}

function short(value: unknown): string {
  return JSON.stringify(value).slice(0, 60);
}

/** Returns the names of facts: of an item with all its options, its own name; of several options, one name. */
function namesOf(facts: readonly Fact[]): readonly string[] {
  const names = sortedUnique(facts.map(({ fact }) => fact));
  const byItem = groupBy(names, fact => fact.replace(OPTION, ''));
  return [...byItem].map(([item, [first = item, ...others]]) => {
    if (others.length === 0 || first === item) return nameOf(first);
    return `options of ${item.replace(/^\w+ /, '')}`;
  });
}

/** The option in the name of a fact: `owner` in `file key: owner`. */
const OPTION = /: (\w+)$/;

/** Returns `owner of key` for `file key: owner`, and `the script` for `script`. */
function nameOf(fact: string): string {
  const option = OPTION.exec(fact)?.[1];
  if (option !== undefined) return `${option} of ${fact.replace(OPTION, '').replace(/^\w+ /, '')}`;
  if (fact === 'share') return 'whether it is shared';
  return fact.includes(' ') ? fact : `the ${fact}`;
}

function isOfFile(fact: string, file: string): boolean {
  return fact.replace(OPTION, '') === `file ${file}`;
}

type Index = ReadonlyMap<string, readonly WitnessedFact[]>;

const byGenerator = new WeakMap<NixWitness, Index>();
const byMachine = new WeakMap<NixWitness, Index>();

function factsByGenerator(nix: NixWitness): Index {
  return indexed(byGenerator, nix, ({ generator }) => generator);
}

function factsByMachine(nix: NixWitness): Index {
  return indexed(byMachine, nix, ({ machine }) => machine);
}

function indexed(
  indexes: WeakMap<NixWitness, Index>,
  nix: NixWitness,
  keyOf: (fact: WitnessedFact) => string,
): Index {
  const index = indexes.get(nix) ?? groupBy(nix.facts, keyOf);
  indexes.set(nix, index);
  return index;
}
