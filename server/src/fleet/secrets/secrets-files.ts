/**
 * In which encrypted file a secret is, and by which key: what its definition sets, or the defaults of its flake.
 */
import { folderOf } from '../../nix/eval/paths.ts';
import type { NixFiles } from '../../nix/eval/value.ts';
import { sameItems } from '../../std.ts';
import type { SecretDefinition, SecretSource, SopsDefault } from '../model/secrets.ts';

interface LocatedFile {
  readonly path: string;
  /** False for a guess: good for showing, never for reporting. */
  readonly certain: boolean;
}

/** Files that a secret may be in, likeliest first. */
export interface Location {
  readonly files: readonly LocatedFile[];
  /** It is in one of these, whichever machine it is for. */
  readonly complete: boolean;
}

export const NOWHERE: Location = { files: [], complete: false };

type Files = Pick<NixFiles, 'kind' | 'list'>;

/** Returns the files that a source names; `near` is where it is used. */
export function locate(files: Files, { path, pattern, guess }: SecretSource, near: string): Location {
  if (path !== null) return { files: [{ path, certain: true }], complete: true };
  if (pattern !== null) {
    const found = expand(files, pattern).map(one => ({ path: one, certain: false }));
    found.sort((a, b) => common(b.path, near) - common(a.path, near));
    return { files: found, complete: found.length > 0 };
  }
  if (guess === null || files.kind(guess) !== 'file') return NOWHERE;
  return { files: [{ path: guess, certain: false }], complete: false };
}

/** Returns the default of the definition's own file, or else the only one of its flake. */
export function locateDefault(
  files: Files,
  definition: SecretDefinition,
  defaults: readonly SopsDefault[],
): Location {
  const near = definition.at.file;
  const flake = flakeOf(files, near);
  const given = defaults.filter(
    sopsDefault => sopsDefault.option === 'file' && flakeOf(files, sopsDefault.at.file) === flake,
  );
  const own = given.filter(sopsDefault => sopsDefault.at.file === near);
  const locations = (own.length > 0 ? own : given).map(sopsDefault =>
    sopsDefault.source === null ? NOWHERE : locate(files, sopsDefault.source, near),
  );
  const [first] = locations;
  const same = (a: Location) => a.files.map(file => file.path).join('\0');
  if (first === undefined || locations.some(location => same(location) !== same(first))) return NOWHERE;
  const certain = isSettled(definition, own, given);
  if (certain) return first;
  return { files: first.files.map(file => ({ ...file, certain: false })), complete: false };
}

/**
 * Returns whether the defaults of the definition's own file hold for it, wherever there are others: they stand in the module that it
 * stands in, and nothing is stronger.
 */
function isSettled(
  { above }: SecretDefinition,
  own: readonly SopsDefault[],
  given: readonly SopsDefault[],
): boolean {
  if (own.length === given.length || own.length === 0) return given.every(({ conditional }) => !conditional);
  const strongest = Math.min(...given.map(({ priority }) => priority));
  return own.every(
    one =>
      !one.conditional &&
      one.priority === strongest &&
      one.priority <= USUAL_PRIORITY &&
      sameItems(one.above, above),
  );
}

/** What a definition has that nobody weighs. */
const USUAL_PRIORITY = 100;

/**
 * Returns what a definition sets, or else the default on which all that set one agree, or `null` if that is not
 * known.
 */
export function textOr(
  definition: SecretDefinition,
  option: 'format' | 'key',
  defaults: readonly SopsDefault[],
  otherwise: string | null,
): string | null {
  const own = definition[option];
  if (own !== null) return own.value;
  if (definition.given.includes(option) || !definition.complete) return null;
  const set = new Set(
    defaults.filter(sopsDefault => sopsDefault.option === option).map(sopsDefault => sopsDefault.text),
  );
  if (set.size === 0) return otherwise;
  const [only] = set;
  return set.size === 1 ? (only ?? null) : null;
}

/** Returns the nearest folder above with a `flake.nix`: templates and examples are flakes of their own. */
export function flakeOf(files: Files, path: string): string {
  let folder = folderOf(path);
  while (folder !== '' && files.kind(`${folder}/flake.nix`) !== 'file') folder = folderOf(folder);
  return folder;
}

/** Returns the files that fit a path in which `*` stands for a part of a name. */
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
      const inside = (one: string) => (folder === '' ? one : `${folder}/${one}`);
      if (!name.includes('*')) return files.kind(inside(name)) === kind ? [inside(name)] : [];
      return (files.list(folder) ?? [])
        .filter(entry => entry.kind === kind && fits.test(entry.name))
        .map(entry => inside(entry.name))
        .sort();
    });
  }
  return folders;
}

/** Returns how many characters two paths have in common at the start. */
function common(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}
