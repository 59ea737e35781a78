/** Finds generators with stored values that were made from inputs other than the declared ones. */

import { OPTIONS } from '../../../fleet/generators/generator-options.ts';
import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { WrittenOption } from '../../../fleet/model/generators.ts';
import type { Setting } from '../../../modules/settings.ts';
import { isSameData } from '../../../nix/same-data.ts';
import { query } from '../../../query/database.ts';
import { forAll } from '../../../query/groups.ts';
import { sameItems } from '../../../std.ts';
import { type Validation, validationHash } from '../../../store/vars/validation.ts';
import { currentRun, runOf } from '../../memory/memory.ts';
import type { CheckContext, Report } from '../../rule.ts';
import { type SoleDeclaration, soleDeclaration } from './declared-files.ts';
import { type StoredGenerator, storedIndex } from './stored-index.ts';

/** A generator with values that were made from other inputs. */
export interface StaleGenerator {
  readonly declared: SoleDeclaration;
  readonly validation: DeclaredValidation;
  /** Machines with outdated files; '' for shared files. */
  readonly owners: readonly string[];
}

const STORED_NAMES = query<null, readonly string[]>('names of stored generators', database => [
  ...storedIndex(currentRun(database).watched.stored()).generators.keys(),
]);

const STALE = query<string, StaleGenerator | null>(
  'stale generator',
  (database, name) => {
    const { fleet, stored } = currentRun(database).watched;
    return staleGenerator(fleet, storedIndex(stored()).generators.get(name));
  },
  { equals: isSameStale },
);

const ALL_STALE = forAll(STORED_NAMES, STALE);

/** Finds all of them. What is known of a name is kept while its declaration and what is stored are unchanged. */
export function staleGenerators({ fleet, stored }: Pick<CheckContext, 'fleet' | 'stored'>): StaleGenerator[] {
  if (!fleet.isClan) return [];
  const contents = stored();
  const run = runOf(fleet);
  const stale =
    run?.given.stored() === contents
      ? ALL_STALE(run.memory.database, null)
      : [...storedIndex(contents).generators.values()].map(generator => staleGenerator(fleet, generator));
  return stale.filter(found => found !== null);
}

function staleGenerator(fleet: Fleet, generator: StoredGenerator | undefined): StaleGenerator | null {
  if (generator === undefined) return null;
  const declared = soleDeclaration(fleet, generator.name);
  const validation = declared === null ? null : validationOf(declared);
  if (declared === null || validation === null) return null;
  const owners = staleIn(declared, generator, validation.hash);
  return owners.length === 0 ? null : { declared, validation, owners };
}

function isSameStale(left: StaleGenerator | null, right: StaleGenerator | null): boolean {
  if (left === null || right === null) return left === right;
  return (
    left.declared.generator === right.declared.generator &&
    left.declared.body === right.declared.body &&
    isSameData(left.validation, right.validation) &&
    sameItems(left.owners, right.owners)
  );
}

export interface DeclaredValidation {
  /** The hash of the declared validation, or null if there is none. */
  readonly hash: string | null;
  readonly at: Report['at'];
}

/** Returns the declared validation, or null if it is not fully known or differs between machines. */
function validationOf({ generator, body }: SoleDeclaration): DeclaredValidation | null {
  if (generator.conditional || body.completeness !== 'full') return null;
  const options = body.options().filter(option => option.of === 'generator');
  // A different clan-core may have further options with their own validation.
  if (options.some(option => !OPTIONS.generator.has(option.name))) return null;
  const written = options.filter(option => option.name === 'validation');
  const [first, ...others] = written;
  if (first === undefined) {
    const at = generator.definitions.find(definition => definition.kind === 'full')?.at;
    return body.validation === undefined && at !== undefined ? { hash: null, at } : null;
  }
  const value = plainOf(first);
  if (value === undefined || others.length > 0) return null;
  return { hash: validationHash(value), at: first.at };
}

function plainOf({ conditional, value }: WrittenOption): Validation | null | undefined {
  return conditional ? undefined : plain(value);
}

/** Returns the plain value of a setting, or undefined if part of it is not known. */
function plain(setting: Setting): Validation | null | undefined {
  if (setting.kind === 'plain') {
    const { value } = setting;
    if (typeof value !== 'number') return value;
    return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  }
  if (setting.kind !== 'set' || !setting.complete) return undefined;
  const entries: [string, Validation][] = [];
  for (const [name, inner] of setting.entries) {
    const value = plain(inner);
    if (value === undefined || value === null) return undefined;
    entries.push([name, value]);
  }
  return Object.fromEntries(entries);
}

/** Returns the machines with outdated files; '' for shared files. */
function staleIn(
  { generator, body }: SoleDeclaration,
  { byOwner, shared, validations }: StoredGenerator,
  hash: string | null,
): string[] {
  const isStale = (owner: string) => {
    const noted = validations.get(owner)?.() ?? null;
    return noted !== hash;
  };
  if (body.share === true) return shared.length > 0 && isStale('') ? [''] : [];
  if (body.share === null) return [];
  return (generator.machines ?? []).filter(name => byOwner.has(name) && isStale(name));
}
