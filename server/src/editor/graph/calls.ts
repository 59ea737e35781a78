/**
 * The dependency graph as a call hierarchy: a generator is called by its dependents and calls its dependencies.
 * Pure; independent of any editor.
 */
import { perObject } from '../../checks/memory/kept.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { Generator } from '../../fleet/model/generators.ts';
import type { Place } from '../../nix/places.ts';
import { addToList } from '../../std.ts';
import { indexOf } from '../names/fleet-index.ts';
import type { Subject } from '../names/subjects.ts';
import type { Snapshot } from '../snapshot.ts';

/** A generator in the hierarchy. */
export interface Caller {
  readonly name: string;
  /** A few words next to the name. */
  readonly detail: string;
  /** Its declaration or, if it is not declared here, a place that names it. */
  readonly at: Place;
}

export interface Call {
  /** The generator at the other end. */
  readonly other: Caller;
  /** The entries in `dependencies` that create the edge. */
  readonly places: readonly Place[];
}

/** Returns the generator at an offset, which may be at its name, files, prompts or keys. */
export function callerAt(snapshot: Snapshot, file: string, offset: number): Caller | null {
  const index = indexOf(snapshot);
  const target = index.targetAt(file, offset);
  const name = target ? generatorOf(snapshot, target.subject) : null;
  return target && name !== null ? callerNamed(snapshot, name, target.at) : null;
}

function generatorOf(snapshot: Snapshot, subject: Subject): string | null {
  switch (subject.kind) {
    case 'generator':
      return subject.name;
    case 'file':
    case 'prompt':
      return subject.generator;
    case 'key':
      return indexOf(snapshot).key(subject.registry, subject.key)?.generator?.value ?? null;
    default:
      return null;
  }
}

/** Returns the dependents of a generator by name. */
export function dependentsOf(snapshot: Snapshot, name: string): readonly Call[] {
  return (dependents(snapshot.fleet).get(name) ?? [])
    .map(({ dependent, at }): Call => ({ other: callerNamed(snapshot, dependent, at), places: [at] }))
    .reduce(joined, []);
}

/** A generator that depends on another, with the place of the dependency. */
interface Dependent {
  readonly dependent: string;
  readonly at: Place;
}

/** Dependents by dependency. */
const dependents = perObject((fleet: Fleet): ReadonlyMap<string, readonly Dependent[]> => {
  const dependents = new Map<string, Dependent[]>();
  for (const generator of fleet.generators)
    for (const { value, at } of dependenciesOf(generator)) {
      const entry = { dependent: generator.name, at };
      addToList(dependents, value, entry);
    }
  return dependents;
});

/** Returns the dependencies of a generator, in the order of the declaration. */
export function dependenciesFrom(snapshot: Snapshot, name: string): readonly Call[] {
  const same = indexOf(snapshot).generators.get(name) ?? [];
  return same
    .flatMap(dependenciesOf)
    .map(({ value, at }): Call => ({ other: callerNamed(snapshot, value, at), places: [at] }))
    .reduce(joined, []);
}

/** Returns the dependencies without duplicates, because a shared body appears in many definitions. */
function dependenciesOf(generator: Generator): readonly { readonly value: string; readonly at: Place }[] {
  const all = generator.bodies().flatMap(body => body.dependencies);
  return [
    ...new Map(
      all.map(candidate => [`${candidate.at.file}:${candidate.at.start}:${candidate.value}`, candidate]),
    ).values(),
  ];
}

function joined(calls: Call[], call: Call): Call[] {
  const at = calls.findIndex(({ other }) => other.name === call.other.name);
  const before = calls[at];
  if (before === undefined) calls.push(call);
  else {
    const places = [...before.places, ...call.places];
    const key = ({ file, start }: Place) => `${file}:${start}`;
    calls[at] = { ...before, places: [...new Map(places.map(place => [key(place), place])).values()] };
  }
  return calls;
}

function callerNamed(snapshot: Snapshot, name: string, namedAt: Place): Caller {
  const [generator] = indexOf(snapshot).generators.get(name) ?? [];
  const definitions = generator?.definitions ?? [];
  const at = (definitions.find(({ kind }) => kind === 'full') ?? definitions[0])?.at;
  if (generator === undefined || at === undefined) {
    const clanGenerator = snapshot.fleet.clanGenerators.find(generator => generator.name === name);
    return {
      name,
      detail: clanGenerator ? "of one of clan-core's services" : 'not declared here',
      at: namedAt,
    };
  }
  const share = generator.body().share;
  return { name, detail: share === null ? '' : share ? 'shared' : 'per machine', at };
}
