/** Finds the encrypted file and the key of a secret, from its definition or from the defaults of its flake. */
import { folderOf } from '../../nix/eval/paths.ts';
import type { NixFiles } from '../../nix/eval/value.ts';
import { getOrAdd, groupBy, sameItems } from '../../std.ts';
import type { SecretDefinition, SecretSource, SopsDefault } from '../model/secrets.ts';

interface LocatedFile {
  readonly path: string;
  /** False for a guess, which is for display and must not be reported. */
  readonly certain: boolean;
}

/** The files that may contain a secret, most likely first. */
export interface Location {
  readonly files: readonly LocatedFile[];
  /** True if the secret is certainly in one of the files, on every machine. */
  readonly complete: boolean;
}

export const NOWHERE: Location = { files: [], complete: false };

type Files = Pick<NixFiles, 'kind' | 'list'>;

/** Finds the files of secrets. What many definitions have in common is looked for once. */
export interface FileFinder {
  /**
   * Returns the files that a source refers to.
   * @param near the file that refers to them
   */
  locate(source: SecretSource, near: string): Location;
  /** Returns the location by the default of the definition's own file, or else by the only default of its flake. */
  locateDefault(definition: SecretDefinition): Location;
}

/** @param defaults all defaults of the fleet */
export function fileFinder(files: Files, defaults: readonly SopsDefault[]): FileFinder {
  const flakes = new Map<string, string>();
  const matches = new Map<string, readonly string[]>();
  const flakeOfFile = (file: string) => getOrAdd(flakes, file, () => flakeOf(files, file));
  const matchesOf = (pattern: string) => getOrAdd(matches, pattern, () => expand(files, pattern));
  const byFlake = groupBy(
    defaults.filter(({ option }) => option === 'file'),
    ({ at }) => flakeOfFile(at.file),
  );

  function locate({ path, pattern, guess }: SecretSource, near: string): Location {
    if (path !== null) return { files: [{ path, certain: true }], complete: true };
    if (pattern !== null) {
      const found = matchesOf(pattern).map(match => ({ path: match, certain: false }));
      found.sort((a, b) => common(b.path, near) - common(a.path, near));
      return { files: found, complete: found.length > 0 };
    }
    if (guess === null || files.kind(guess) !== 'file') return NOWHERE;
    return { files: [{ path: guess, certain: false }], complete: false };
  }

  function locateDefault(definition: SecretDefinition): Location {
    const near = definition.at.file;
    const inFlake = byFlake.get(flakeOfFile(near)) ?? [];
    const inFile = inFlake.filter(sopsDefault => sopsDefault.at.file === near);
    const locations = (inFile.length > 0 ? inFile : inFlake).map(sopsDefault =>
      sopsDefault.source === null ? NOWHERE : locate(sopsDefault.source, near),
    );
    const [first] = locations;
    const same = (a: Location) => a.files.map(file => file.path).join('\0');
    if (first === undefined || locations.some(location => same(location) !== same(first))) return NOWHERE;
    const certain = isSettled(definition, inFile, inFlake);
    if (certain) return first;
    return { files: first.files.map(file => ({ ...file, certain: false })), complete: false };
  }

  return { locate, locateDefault };
}

/**
 * Returns whether the defaults certainly apply to the definition. If other files set defaults as well, those of the
 * definition's own file apply if they are in the same module and have the strongest priority.
 */
function isSettled(
  { above }: SecretDefinition,
  inFile: readonly SopsDefault[],
  inFlake: readonly SopsDefault[],
): boolean {
  if (inFile.length === inFlake.length || inFile.length === 0)
    return inFlake.every(({ conditional }) => !conditional);
  const strongest = Math.min(...inFlake.map(({ priority }) => priority));
  return inFile.every(
    sopsDefault =>
      !sopsDefault.conditional &&
      sopsDefault.priority === strongest &&
      sopsDefault.priority <= USUAL_PRIORITY &&
      sameItems(sopsDefault.above, above),
  );
}

/** The priority of a definition without `mkForce` and the like. */
const USUAL_PRIORITY = 100;

/** Returns the option as the definition sets it, or else the default that all files agree on; `null` if unknown. */
export function textOr(
  definition: SecretDefinition,
  option: 'format' | 'key',
  defaults: readonly SopsDefault[],
  otherwise: string | null,
): string | null {
  const explicit = definition[option];
  if (explicit !== null) return explicit.value;
  if (definition.definedOptions.includes(option) || !definition.complete) return null;
  const set = new Set(
    defaults.filter(sopsDefault => sopsDefault.option === option).map(sopsDefault => sopsDefault.text),
  );
  if (set.size === 0) return otherwise;
  const [only] = set;
  return set.size === 1 ? (only ?? null) : null;
}

/**
 * Returns the nearest folder at or above a path with a `flake.nix`, since templates and examples are flakes of their
 * own.
 */
export function flakeOf(files: Files, path: string): string {
  let folder = folderOf(path);
  while (folder !== '' && files.kind(`${folder}/flake.nix`) !== 'file') folder = folderOf(folder);
  return folder;
}

/** Returns the files that match a path in which `*` stands for a part of a name. */
function expand(files: Files, pattern: string): string[] {
  let folders = [''];
  const names = pattern.split('/');
  for (const [i, name] of names.entries()) {
    const kind = i === names.length - 1 ? 'file' : 'directory';
    const fits = new RegExp(
      `^${name
        .split('*')
        .map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
        .join('.+')}$`,
    );
    folders = folders.flatMap(folder => {
      const inside = (entryName: string) => (folder === '' ? entryName : `${folder}/${entryName}`);
      if (!name.includes('*')) return files.kind(inside(name)) === kind ? [inside(name)] : [];
      return (files.list(folder) ?? [])
        .filter(entry => entry.kind === kind && fits.test(entry.name))
        .map(entry => inside(entry.name))
        .sort();
    });
  }
  return folders;
}

/** Returns the length of the common prefix of two paths. */
function common(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}
