/**
 * Computes the changes that store a generator's outputs: its values, the removal of values in its other
 * placement, and the hash of its validation.
 *
 * Source: clan-core d7c35d912, clan_lib/vars/_types.py (`StoreBase.set`).
 */
import {
  type Change,
  publicChanges,
  removeIfThere,
  validationChanges,
  varFolder,
} from '../../store/vars/changes.ts';
import { placeOf, type SecretBackend, type SecretChange } from '../backends/secret-backend.ts';
import { type DeclaredFile, type Generator, keyOf } from '../plan/generators.ts';
import type { RunEnvironment } from '../run-environment.ts';

/**
 * Returns the changes that store a generator's outputs.
 *
 * @param outputs by file name; files without an output do not change
 */
export async function outputChanges(
  environment: RunEnvironment,
  secretBackend: SecretBackend,
  generator: Generator,
  outputs: ReadonlyMap<string, Uint8Array>,
): Promise<SecretChange[]> {
  const { files, directory } = environment;
  const changes: SecretChange[] = [];
  for (const file of generator.files) {
    const value = outputs.get(file.name);
    if (value === undefined) continue;
    const place = placeOf(generator, file);
    if (file.secret) changes.push(...(await secretBackend.seal(place, value)));
    // A file that is now public must not remain encrypted elsewhere.
    else
      changes.push(
        ...publicChanges(files, directory, place.key, place.file, value),
        ...secretBackend.removal([place]),
      );
    changes.push(...otherPlacement(environment, secretBackend, generator, file.name));
  }
  return changes;
}

/** Returns the change of the stored hash by which changed inputs are detected. */
export function hashChanges({ files, directory }: RunEnvironment, generator: Generator): Change[] {
  return [
    ...validationChanges(files, directory, generator.key, generator.validationHash),
    ...otherKeys(generator).flatMap(key => validationChanges(files, directory, key, null)),
  ];
}

/** Returns the removal of values in the other placement; a file is either shared or per machine. */
function otherPlacement(
  { files, directory }: RunEnvironment,
  secretBackend: SecretBackend,
  generator: Generator,
  file: string,
): SecretChange[] {
  const places = otherKeys(generator).map(key => ({ key, file }));
  const inVars = places.flatMap(({ key }) => removeIfThere(files, varFolder(directory, key, file)));
  return [...inVars, ...secretBackend.removal(places)];
}

function otherKeys({ name, machine, machines }: Generator): string[] {
  return machine === null ? machines.map(machine => keyOf(name, machine)) : [keyOf(name, null)];
}

/** Returns the path of a public value, relative to the root. */
export function publicPath(
  { directory }: RunEnvironment,
  { key }: Generator,
  { name }: DeclaredFile,
): string {
  return `${varFolder(directory, key, name)}/value`;
}
