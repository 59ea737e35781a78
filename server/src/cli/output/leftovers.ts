/**
 * Lists stored values of generators that nothing declares and no instance brings, if clan-core has or had such a
 * generator: services that are no longer used, and earlier versions of those that are. Only shown; no rule depends on
 * it.
 */
import type { CatalogueFile } from '../../fleet/catalogue/catalogue-data.ts';
import { leftoverOf } from '../../fleet/catalogue/catalogue-leftovers.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { StoredVar } from '../../store/vars/vars.ts';
import { fits } from './use-status.ts';

type Facts = Pick<Fleet, 'generators' | 'brought'>;

/** Generators that were left over, in the shape of the other generators of `inspect`. */
export function leftoversIn(fleet: Facts, stored: readonly StoredVar[]) {
  const isExplained = explainedBy(fleet);
  const generators = new Map<string, Found>();
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

interface Found {
  readonly name: string;
  readonly shared: boolean;
  readonly service: string | null;
  readonly files: readonly (CatalogueFile & { readonly path: string })[];
}

function shown({ name, shared, service, files }: Found) {
  return {
    name,
    nameKind: 'resolved' as const,
    // What lies there is known, not what it was made by.
    completeness: 'partial' as const,
    share: shared,
    conditional: true,
    machines: [] as readonly string[],
    machinesComplete: false,
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
    leftover: true as const,
  };
}

interface Stored {
  readonly name: string;
  readonly shared: boolean;
  /** The path of each file. */
  readonly files: Map<string, string>;
}

/** By generator and owner: the machines need not have had the same version of clan-core. */
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
 * Answers whether a stored file is, or may be, of a generator that there is. All files of a generator that the
 * workspace declares are its own, past ones too.
 */
function explainedBy({ generators, brought }: Facts): (generator: string, file: string) => boolean {
  const names = new Set(generators.map(({ name }) => name));
  const patterns = generators.filter(({ nameKind }) => nameKind === 'pattern').map(({ name }) => name);
  const is = (pattern: string, name: string) => pattern === name || fits(pattern, name);
  return (generator, file) =>
    names.has(generator) ||
    patterns.some(pattern => fits(pattern, generator)) ||
    brought.some(
      broughtGenerator =>
        is(broughtGenerator.name, generator) && broughtGenerator.files.some(({ name }) => is(name, file)),
    );
}
