/**
 * Determines which folders and files are named after a generator, a generator's file or a machine, and their paths
 * under another name. Covers only the layouts that clan reads today. Reads names of files and folders, and moves
 * nothing.
 */
import { below, foldersIn, type Tree } from './files.ts';
import { AGE_FOLDER, readVars } from './vars.ts';

/** A stored file or folder with an old name. Paths are relative to the root. */
export interface Move {
  readonly from: string;
  readonly to: string;
  /** True if the text edits are wrong without the move; otherwise it is the person's choice. */
  readonly required?: boolean;
}

/**
 * Returns the moves of a generator's files.
 * @param directory the clan's folder; the root is ''
 */
export function movesOfGenerator(files: Tree, directory: string, generator: string, to: string): Move[] {
  return placesOf(files, directory, generator).map(place => ({
    from: `${place}/${generator}`,
    to: `${place}/${to}`,
  }));
}

/** Returns the moves of a generator's file. In the age backend, the files in its folder are named after it as well. */
export function movesOfFile(
  files: Tree,
  directory: string,
  generator: string,
  file: string,
  to: string,
): Move[] {
  return placesOf(files, directory, generator).flatMap(place => {
    const from = `${place}/${generator}/${file}`;
    const target = `${place}/${generator}/${to}`;
    if (files.kind(from) !== 'directory') return [];
    if (!place.startsWith(`${below(directory, AGE_FOLDER)}/`)) return [{ from, to: target }];
    return ['age', 'age.recipients'].flatMap(suffix => {
      const old = `${from}/${baseOf(file)}.${suffix}`;
      return files.kind(old) === 'file' ? [{ from: old, to: `${target}/${baseOf(to)}.${suffix}` }] : [];
    });
  });
}

/**
 * Returns the moves of a machine: its values, its keys, and the folder with its configuration. Secrets remain
 * encrypted to the same keys.
 */
export function movesOfMachine(files: Tree, directory: string, machine: string, to: string): Move[] {
  const named = [
    { folder: 'machines', suffix: '', required: true },
    ...['vars/per-machine', `${AGE_FOLDER}/per-machine`, 'sops/machines', 'secrets/age-keys/machines'].map(
      folder => ({ folder, suffix: '', required: false }),
    ),
    { folder: 'sops/secrets', suffix: '-age.key', required: false },
  ];
  return named.flatMap(({ folder, suffix, required }) => {
    const from = below(directory, `${folder}/${machine}${suffix}`);
    if (files.kind(from) !== 'directory') return [];
    return [{ from, to: below(directory, `${folder}/${to}${suffix}`), ...(required ? { required } : {}) }];
  });
}

/** Returns a path after the moves. */
export function movedPath(path: string, moves: readonly Move[]): string {
  const move = moves.find(({ from }) => path === from || path.startsWith(`${from}/`));
  return move === undefined ? path : move.to + path.slice(move.from.length);
}

/** Returns a message that names an existing file at the target of a move, or `null` if there is none. */
export function blockedMove(files: Tree, moves: readonly Move[]): string | null {
  const taken = moves.find(({ to }) => files.kind(to) !== null);
  return taken === undefined
    ? null
    : `${taken.to} already exists, and ${taken.from} would have to move there. Remove it first, or choose another name.`;
}

/**
 * Returns the folders `…/shared` and `…/per-machine/<machine>` that contain values of a generator or the hash of its
 * inputs.
 */
function placesOf(files: Tree, directory: string, generator: string): string[] {
  const { vars, validations } = readVars(files, directory);
  const isOfCurrent = vars.some(stored => stored.generator === generator && stored.current);
  if (
    !isOfCurrent &&
    !validations.some(validation => validation.generator === generator && validation.current)
  )
    return [];
  return ['vars', AGE_FOLDER].flatMap(store => {
    const root = below(directory, store);
    const owned = ['per-machine', 'per-export'].flatMap(placement =>
      foldersIn(files, `${root}/${placement}`).map(owner => `${root}/${placement}/${owner}`),
    );
    return [`${root}/shared`, ...owned].filter(place => files.kind(`${place}/${generator}`) === 'directory');
  });
}

function baseOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}
