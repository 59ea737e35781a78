/**
 * Carries the values of secrets over to generators: decrypts them, and finds the generators of the edited fleet that get
 * them. Secrets whose values cannot be read or have no certain place are left alone, each with the reason.
 */
import type { Conversion, Kept } from '../editor/convert/plan.ts';
import { placesOf, type SecretBackend } from '../generate/backends/secret-backend.ts';
import { type Generator, joinGenerators } from '../generate/plan/generators.ts';
import type { KeptValues } from '../generate/repository/kept-values.ts';
import type { NewValue } from '../generate/repository/new-values.ts';
import type { Situation } from '../generate/repository/situation.ts';
import { HostFailure } from '../host/host-failure.ts';
import { StoreFailure } from '../store/store-failure.ts';

export interface OpenedConversion {
  readonly conversion: Conversion;
  /** In the order of the secret's definitions. */
  readonly values: readonly Buffer[];
}

/**
 * Reads the values of the secrets.
 * @param kept receives secrets whose values cannot be prompts, or cannot be decrypted
 * @param unreadable receives the files that cannot be decrypted, or is `null` to fail on the first one
 * @throws StoreFailure, HostFailure; also if nothing at all can be decrypted
 */
export async function openValues(
  conversions: readonly Conversion[],
  values: KeptValues,
  kept: Kept[],
  unreadable: Set<string> | null,
): Promise<OpenedConversion[]> {
  const chosen: OpenedConversion[] = [];
  const closed: { readonly conversion: Conversion; readonly path: string; readonly failure: Error }[] = [];
  for (const conversion of conversions) {
    const { definitions } = conversion;
    const opened = await Promise.all(
      definitions.map(async ({ source }) =>
        values.open(source).catch(failure => {
          if (!(failure instanceof StoreFailure || failure instanceof HostFailure)) throw failure;
          return { failure, path: source.path };
        }),
      ),
    );
    const failed = opened.find(value => typeof value === 'object' && 'failure' in value);
    const problem = opened.find(value => typeof value === 'string');
    if (failed !== undefined) closed.push({ conversion, ...failed });
    else if (problem !== undefined) kept.push(keptAs(conversion, problem));
    else chosen.push({ conversion, values: opened.filter(value => Buffer.isBuffer(value)) });
  }
  const [first] = closed;
  // A missing key affects all files, so it is an error.
  if (first !== undefined && (unreadable === null || chosen.length === 0)) throw first.failure;
  for (const { conversion, path, failure } of closed) {
    unreadable?.add(path);
    kept.push(keptAs(conversion, `cannot be read: ${failure.message.replace(/\.$/, '')}`));
  }
  return chosen;
}

/** Returns the places of the values in the edited fleet. Reports values without a certain place. */
export async function placesIn(
  chosen: readonly OpenedConversion[],
  { declared, stored }: Situation,
  secretBackend: SecretBackend,
): Promise<{
  readonly places: ReadonlyMap<OpenedConversion, readonly NewValue[]>;
  readonly kept: readonly Kept[];
}> {
  const { all } = joinGenerators(declared.declarations);
  const places = new Map<OpenedConversion, readonly NewValue[]>();
  const kept: Kept[] = [];
  for (const candidate of chosen) {
    const { generator: name } = candidate.conversion;
    const sameName = [...all.values()].filter(generator => generator.name === name);
    const newValues = placesFor(candidate, sameName);
    if (typeof newValues === 'string') {
      kept.push(keptAs(candidate.conversion, newValues));
      continue;
    }
    const there = newValues.filter(({ generator }) => stored.has(generator.key, name, true));
    const other = await firstDiffering(there, secretBackend);
    if (other === null) places.set(candidate, newValues);
    else
      kept.push(
        keptAs(
          candidate.conversion,
          `would be stored as ${other}/${name}, where another value is stored already`,
        ),
      );
  }
  return { places, kept };
}

/**
 * Returns the key of the first generator that already has a different or unreadable value, or `null` if there is
 * none. An interrupted run may already have stored the same value in a store outside the repository.
 */
async function firstDiffering(
  places: readonly NewValue[],
  secretBackend: SecretBackend,
): Promise<string | null> {
  for (const { generator, value } of places)
    for (const place of placesOf(generator)) {
      // A value that cannot be decrypted must not be replaced.
      const opened = await secretBackend.open(place).catch(() => null);
      if (opened === null || !opened.equals(value)) return generator.key;
    }
  return null;
}

function placesFor(
  { conversion, values }: OpenedConversion,
  sameName: readonly Generator[],
): readonly NewValue[] | string {
  const { generator: name, share, definitions } = conversion;
  const places: NewValue[] = [];
  for (const generator of sameName) {
    const [file, ...others] = generator.files;
    const isKnown = generator.unknown.length === 0 && (generator.machine === null) === share;
    if (!isKnown || file?.name !== name || !file.secret || others.length > 0)
      return `would become a generator of which only Nix can tell what it is`;
    const index = definitions.findIndex(definition =>
      generator.machines.some(machine => definition.machines.includes(machine)),
    );
    const definition = definitions[index];
    const value = values[index];
    if (definition === undefined || value === undefined)
      return `would also become a var of machine ${generator.machines.join(', ')}, which is not known to have it`;
    places.push({ generator, value, from: definition.source });
  }
  const having = new Set(sameName.flatMap(generator => generator.machines));
  for (const { conditional, machines } of definitions) {
    const lacking = machines.filter(machine => !having.has(machine));
    // Under a condition, the machine decides.
    if (!conditional && lacking.length > 0)
      return `would not certainly become a var of machine ${lacking.join(', ')}`;
    if (lacking.length === machines.length)
      return 'is declared under a condition, and only Nix can tell for which machines it holds';
  }
  return places;
}

function keptAs({ keeper, name, machines, paths }: Conversion, problem: string): Kept {
  return { keeper, name, machines, paths, reason: `"${name}" ${problem}.` };
}
