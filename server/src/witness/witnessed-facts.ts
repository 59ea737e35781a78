/**
 * Compares the fleet as it was read with the answer of Nix, for the machines that Nix evaluated. Each fact gets its witness:
 * read here, confirmed by Nix, known only to Nix, or contradicted by Nix.
 */

import { createElsewhere, mayHaveGenerator } from '../fleet/elsewhere/elsewhere.ts';
import type { Fleet } from '../fleet/model/fleet.ts';
import {
  type Generator,
  type GeneratorBody,
  type GeneratorFile,
  ROOTS_GROUPS,
} from '../fleet/model/generators.ts';
import type {
  NixAnswer,
  NixGenerator,
  NixMachine,
  Witness,
  WitnessedFact,
} from '../fleet/model/nix-answer.ts';
import type { ClanGenerator } from '../fleet/model/services.ts';
import type { Place } from '../nix/places.ts';
import { groupBy } from '../std.ts';
import { canBe, isPackage } from './script-holes.ts';

type Named = Pick<Generator, 'name' | 'machines' | 'machinesComplete' | 'bodyOn'> & {
  readonly at: Place | null;
};

export function witnessedFacts(fleet: Fleet, { machines }: NixAnswer): readonly WitnessedFact[] {
  const declared = fleet.generators.filter(({ nameKind }) => nameKind !== 'pattern').map(namedOwn);
  const ofClan = fleet.clanGenerators.filter(({ isPattern }) => !isPattern).map(namedClanGenerator);
  const ofName = groupBy(fleet.generators, ({ name }) => name);
  const byName = groupBy([...declared, ...ofClan], ({ name }) => name);
  const elsewhere = createElsewhere(fleet);
  const mayHave = (machine: string, name: string) =>
    mayHaveGenerator(elsewhere, { name, declared: ofName.get(name) ?? [] }, machine);
  return machines.flatMap(machine => [...factsOf(machine, byName, mayHave)]);
}

/**
 * Returns the facts with the time of the answer on machines that were edited since. What is read otherwise than Nix had it is what was
 * read, as soon as anything was edited: one machine may read another one's configuration.
 */
export function datedFacts<T extends Pick<WitnessedFact, 'machine' | 'witness' | 'asOf'>>(
  facts: readonly T[],
  asOf: (machine: string | null) => string | null,
): readonly T[] {
  if (asOf(null) === null) return facts;
  return facts.map(fact => {
    const time = asOf(fact.machine);
    const witness = fact.witness === 'contradicted' ? 'read' : fact.witness;
    return { ...fact, witness, ...(time === null ? {} : { asOf: time }) };
  });
}

function namedOwn(generator: Generator): Named {
  return { ...generator, at: generator.definitions[0]?.at ?? null };
}

/** Names a generator of clan-core. One that is not certain claims no machine. */
function namedClanGenerator({ certain, ...generator }: ClanGenerator): Named {
  const { machines, machinesComplete } = generator;
  return {
    ...generator,
    machines: certain ? machines : [],
    machinesComplete: certain && machinesComplete,
    at: null,
  };
}

function* factsOf(
  { name: machine, class: machineClass, facts }: NixMachine,
  byName: ReadonlyMap<string, readonly Named[]>,
  mayHave: (machine: string, name: string) => boolean,
): Iterable<WitnessedFact> {
  if (facts === null) return;
  const names = new Set(facts.generatorNames);
  for (const name of names) {
    const sameName = byName.get(name) ?? [];
    const there = sameName.find(({ machines }) => machines?.includes(machine));
    const entry = there ?? sameName[0] ?? null;
    const isDenied =
      there === undefined && !sameName.some(entry => !entry.machinesComplete) && !mayHave(machine, name);
    const about = { machine, generator: name, at: entry?.at ?? null };
    yield {
      ...{ ...about, fact: 'machine', nix: machine, read: there === undefined ? null : machine },
      witness: there !== undefined ? 'confirmed' : isDenied ? 'contradicted' : 'nix',
    };
    const nix = facts.generators.get(name);
    if (nix === undefined) continue;
    const body = entry?.bodyOn(machine) ?? null;
    for (const { at, ...fact } of bodyFacts(body, nix, ROOTS_GROUPS[machineClass]))
      yield { ...about, ...fact, at: at ?? about.at };
  }
  for (const [name, known] of byName)
    for (const { machines, at } of known)
      if (machines?.includes(machine) && !names.has(name))
        yield {
          machine,
          generator: name,
          at,
          fact: 'machine',
          nix: null,
          read: machine,
          witness: 'contradicted',
        };
}

type BodyFact = Omit<WitnessedFact, 'machine' | 'generator'>;

function* bodyFacts(body: GeneratorBody | null, nix: NixGenerator, rootsGroup: string): Iterable<BodyFact> {
  yield fact('share', body?.share, nix.share);
  yield* fileFacts(body, nix, rootsGroup);
  yield* promptFacts(body, nix);
  yield* nameFacts(
    'dependency',
    nix.dependencies,
    body?.dependencies ?? [],
    body?.complete.dependencies === true,
  );
  for (const input of nix.runtimeInputs ?? []) {
    const read = body?.runtimeInputs.some(name => name === input || name.endsWith(`.${input}`)) === true;
    // Attributes of nixpkgs may be named differently from their packages, so a missing name contradicts nothing.
    const isCounted =
      body?.complete.packages === true && body.runtimeInputs.length === nix.runtimeInputs?.length;
    yield {
      fact: `package ${input}`,
      witness: read ? 'confirmed' : isCounted ? 'read' : 'nix',
      read: read ? input : null,
      nix: input,
      at: null,
    };
  }
  yield scriptFact(body, nix.script);
  const validation = isKnown(body?.validation) ? body?.validation : null;
  if (nix.validation !== undefined && nix.validation !== null)
    yield fact('validation', validation, nix.validation);
}

function* fileFacts(
  body: GeneratorBody | null,
  { files }: NixGenerator,
  rootsGroup: string,
): Iterable<BodyFact> {
  if (files === null) return;
  const read = body?.files.filter(({ nameKind }) => nameKind !== 'pattern') ?? [];
  yield* itemFacts('file', read, [...files.keys()], body?.complete.files === true);
  for (const [name, nix] of files) {
    const file = read.find(candidate => candidate.name === name);
    const values: Partial<Pick<GeneratorFile, keyof typeof nix>> =
      file === undefined ? {} : { ...file, group: file.hasDefaultGroup ? rootsGroup : file.group };
    for (const value of ['secret', 'deploy', 'owner', 'group', 'mode', 'neededFor'] as const)
      yield { ...fact(`file ${name}: ${value}`, values[value], nix[value]), at: file?.at ?? null };
  }
}

function* promptFacts(body: GeneratorBody | null, { prompts }: NixGenerator): Iterable<BodyFact> {
  if (prompts === null) return;
  yield* itemFacts(
    'prompt',
    (body?.prompts ?? []).filter(({ name }) => !name.includes('${')),
    [...prompts.keys()],
    body?.complete.prompts === true,
  );
  for (const [name, nix] of prompts) {
    const prompt = body?.prompts.find(candidate => candidate.name === name);
    yield { ...fact(`prompt ${name}: type`, prompt?.type, nix.type), at: prompt?.at ?? null };
    yield { ...fact(`prompt ${name}: persist`, prompt?.persist, nix.persist), at: prompt?.at ?? null };
  }
}

function itemFacts(
  kind: string,
  read: readonly { readonly name: string; readonly at: Place; readonly conditional?: boolean }[],
  nix: readonly string[],
  isComplete: boolean,
): Iterable<BodyFact> {
  const certain = read.filter(({ conditional }) => conditional !== true);
  const values = read.map(({ name, at }) => ({ value: name, at }));
  return nameFacts(kind, nix, values, isComplete, new Set(certain.map(({ name }) => name)));
}

/** @param certain the claimed names; by default all that were read */
function* nameFacts(
  kind: string,
  nix: readonly string[] | null,
  read: readonly { readonly value: string; readonly at: Place }[],
  isComplete: boolean,
  certain?: ReadonlySet<string>,
): Iterable<BodyFact> {
  if (nix === null) return;
  for (const name of nix) {
    const match = read.find(({ value }) => value === name);
    const witness: Witness =
      match !== undefined
        ? 'confirmed'
        : isComplete && !read.some(({ value }) => value.includes('${'))
          ? 'contradicted'
          : 'nix';
    yield { fact: `${kind} ${name}`, witness, read: match?.value ?? null, nix: name, at: match?.at ?? null };
  }
  for (const { value, at } of read)
    if (!nix.includes(value) && !value.includes('${') && certain?.has(value) !== false)
      yield { fact: `${kind} ${value}`, witness: 'contradicted', read: value, nix: null, at };
}

/** Compares scripts. Leaves out their texts, which are long: only whether they agree matters. */
function scriptFact(body: GeneratorBody | null, nix: string | null): BodyFact {
  const script = body?.script ?? null;
  const told = { fact: 'script', read: null, nix: null, at: script?.at ?? null };
  if (nix === null) return { ...told, witness: 'read' };
  if (body === null || script === null)
    return {
      ...told,
      witness:
        body?.completeness === 'full' && body.script === null
          ? nix === ''
            ? 'confirmed'
            : 'contradicted'
          : 'nix',
    };
  if (script.source === null || script.text === null) return { ...told, witness: 'nix' };
  if (!canBe(script.source, nix)) return { ...told, witness: 'contradicted' };
  const { text, holes } = script.source;
  const isKnown = holes.every(({ start, end }) => isPackage(text.slice(start, end)));
  return { ...told, witness: isKnown ? 'confirmed' : 'nix' };
}

/** Compares values. A value that is null or absent was not known here; one that Nix could not evaluate has a single witness. */
function fact(name: string, read: unknown, nix: unknown): BodyFact {
  const [mine, told] = [read ?? null, nix ?? null];
  return { fact: name, witness: witnessOf(mine, told), read: mine, nix: told, at: null };
}

/** Returns the witness of a value. Null is an unknown value. */
export function witnessOf(read: unknown, nix: unknown): Witness {
  if (nix === null) return 'read';
  if (read === null) return 'nix';
  return sortedText(read) === sortedText(nix) ? 'confirmed' : 'contradicted';
}

/** Returns whether plain data has no unknown parts, which are null. */
function isKnown(value: unknown): boolean {
  if (value === null) return false;
  return typeof value !== 'object' || Object.values(value).every(isKnown);
}

/** Returns JSON with sorted names, so that their order makes no difference. */
function sortedText(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
      : inner,
  );
}
