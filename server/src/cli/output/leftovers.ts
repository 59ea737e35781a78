/**
 * Lists stored values of undeclared generators that clan-core has or once had: from services that are no longer used,
 * or from earlier versions. For display only; no rule depends on it.
 */
import type { CatalogueFile } from '../../fleet/catalogue/catalogue-data.ts';
import { leftoverOf } from '../../fleet/catalogue/catalogue-leftovers.ts';
import type { LockedClanCore } from '../../fleet/catalogue/locked-clan-core.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { StoredVar } from '../../store/vars/vars.ts';
import { fits } from './use-status.ts';

type Facts = Pick<Fleet, 'generators' | 'clanGenerators' | 'inventory'>;

/**
 * Returns the leftover generators, in the format of `inspect`'s other generators. One that the locked clan-core still
 * has, of a service with an instance, is listed as well, but not called left over.
 */
export function leftoversIn(fleet: Facts, stored: readonly StoredVar[], locked: LockedClanCore | null) {
  const isExplained = explainedBy(fleet);
  const mayBeMade = (service: string | null, until: string | null) =>
    isStillIn(locked, until) && hasInstance(fleet, service);
  const generators = new Map<string, Leftover>();
  for (const { name, shared, files } of storedGenerators(stored)) {
    const unexplained = [...files.keys()].filter(file => !isExplained(name, file));
    if (unexplained.length === 0) continue;
    const leftover = leftoverOf({ name, shared, files: [...files.keys()] }, unexplained);
    if (leftover === null) continue;
    const key = JSON.stringify([name, shared, leftover.service]);
    const generator = generators.get(key) ?? {
      name,
      shared,
      service: leftover.service,
      mayBeMade: mayBeMade(leftover.service, leftover.until),
      files: [],
    };
    generators.set(key, {
      ...generator,
      files: [
        ...generator.files,
        ...leftover.files.flatMap(file => {
          const path = files.get(file.name);
          return path === undefined || generator.files.some(other => other.name === file.name)
            ? []
            : [{ ...file, path }];
        }),
      ],
    });
  }
  return [...generators.values()].map(shown);
}

interface Leftover {
  readonly name: string;
  readonly shared: boolean;
  readonly service: string | null;
  /** True if an instance may make it today. */
  readonly mayBeMade: boolean;
  readonly files: readonly (CatalogueFile & { readonly path: string })[];
}

function shown({ name, shared, service, mayBeMade, files }: Leftover) {
  return {
    name,
    nameKind: 'resolved' as const,
    // The files are known, but not the declaration that made them.
    completeness: 'partial' as const,
    share: shared,
    conditional: true,
    machines: [] as readonly string[],
    machinesComplete: false,
    possibleMachines: null,
    files: files.map(file => ({
      name: file.name,
      nameKind: 'resolved' as const,
      secret: file.secretBy === undefined ? file.secret : null,
      deploy: file.deploy,
      owner: null,
      group: null,
      mode: null,
      neededFor: file.neededFor,
      from: 'files' as const,
      conditional: true,
      file: file.path,
      line: 1,
      column: 1,
    })),
    prompts: [],
    dependencies: [],
    runtimeInputs: [],
    script: null,
    validation: null,
    perMachine: [],
    definitions: [],
    catalogue: service ?? 'clan-core',
    ...(mayBeMade ? {} : { leftover: true as const }),
  };
}

/** Returns whether the locked clan-core may be older than the last day on which main had a generator. */
function isStillIn(locked: LockedClanCore | null, until: string | null): boolean {
  return locked !== null && until !== null && locked.from * 1000 <= Date.parse(until);
}

/** Returns whether the fleet has an instance of a service of clan-core. */
function hasInstance({ inventory }: Facts, service: string | null): boolean {
  return inventory.instances.some(
    ({ name, module }) =>
      (module.name ?? name) === service &&
      (module.input === null || !module.inputKnown || module.input === 'clan-core'),
  );
}

interface Stored {
  readonly name: string;
  readonly shared: boolean;
  /** Paths by file name. */
  readonly files: Map<string, string>;
}

/** Returns the stored generators by name and owner, since machines may have had different versions of clan-core. */
function storedGenerators(stored: readonly StoredVar[]): Iterable<Stored> {
  const all = new Map<string, Stored>();
  for (const { placement, owner, generator, file, path, current } of stored) {
    if (!current || placement === 'per-export') continue;
    const key = JSON.stringify([placement, owner, generator]);
    const leftover = all.get(key) ?? { name: generator, shared: placement === 'shared', files: new Map() };
    leftover.files.set(file, path);
    all.set(key, leftover);
  }
  return all.values();
}

/**
 * Returns a predicate for stored files that belong, or may belong, to an existing generator. All files of a declared
 * generator count as its own, even former ones.
 */
function explainedBy({ generators, clanGenerators }: Facts): (generator: string, file: string) => boolean {
  const names = new Set(generators.map(({ name }) => name));
  const patterns = generators.filter(({ nameKind }) => nameKind === 'pattern').map(({ name }) => name);
  const is = (pattern: string, name: string) => pattern === name || fits(pattern, name);
  return (generator, file) =>
    names.has(generator) ||
    patterns.some(pattern => fits(pattern, generator)) ||
    clanGenerators.some(
      clanGenerator =>
        is(clanGenerator.name, generator) && clanGenerator.files.some(({ name }) => is(name, file)),
    );
}
