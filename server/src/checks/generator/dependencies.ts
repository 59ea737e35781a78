/**
 * What generators depend on, for the rules about it: each dependency with the generators that it may mean. What is
 * wrong with them is the rules' business.
 */
import type { BroughtGenerator } from '../../fleet/catalogue.ts';
import type { Fleet, Generator, Known } from '../../fleet/model.ts';
import { factsOf, mayBeDefinedElsewhere } from '../facts.ts';

export interface DependencyFacts {
  /** Generators that the workspace declares, by name. */
  readonly declared: ReadonlyMap<string, readonly Generator[]>;
  /** Those that clan-core's services bring, by name. */
  readonly brought: ReadonlyMap<string, readonly BroughtGenerator[]>;
  /** True for a name that something which is not fully known may define. */
  mayBeElsewhere(name: string): boolean;
}

const cache = new WeakMap<Fleet, DependencyFacts>();

/** The index of a fleet, computed at most once. */
export function dependencyFacts(fleet: Fleet): DependencyFacts {
  const known = cache.get(fleet);
  if (known !== undefined) return known;
  const facts = factsOf(fleet);
  let brought: Map<string, BroughtGenerator[]> | null = null;
  const made: DependencyFacts = {
    declared: facts.generators,
    get brought() {
      brought ??= byName(fleet.brought());
      return brought;
    },
    mayBeElsewhere: name => mayBeDefinedElsewhere(facts, name),
  };
  cache.set(fleet, made);
  return made;
}

function byName(all: readonly BroughtGenerator[]): Map<string, BroughtGenerator[]> {
  const found = new Map<string, BroughtGenerator[]>();
  for (const one of all) {
    const list = found.get(one.name);
    if (list === undefined) found.set(one.name, [one]);
    else list.push(one);
  }
  return found;
}

/** The dependencies of which the whole name is known. */
export function namedDependencies(generator: Generator): readonly Known<string>[] {
  return generator.body().dependencies.filter(({ value }) => !value.includes('${'));
}
