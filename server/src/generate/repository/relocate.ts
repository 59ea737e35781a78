/**
 * Moves stored values and machine folders as changes of a transaction, so that a crash leaves either all or
 * nothing moved. Also moves the links that share secrets.
 */
import { entriesAt } from '../../host/files/entries.ts';
import { openRepository } from '../../host/git/repository.ts';
import type { Change } from '../../store/vars/changes.ts';
import type { MovedLink } from '../../store/vars/moved-links.ts';
import { type Move, movedPath } from '../../store/vars/moves.ts';
import type { RunEnvironment } from '../run-environment.ts';
import type { Session, Unchanged } from './session.ts';
import type { SourceChanges } from './sources.ts';

/**
 * Returns the changes that move everything below the given paths.
 *
 * @param sources edits of files, by their paths before the move @param links new targets of links, by their
 * paths before the move @throws HostFailure
 */
export function relocation(
  root: string,
  moves: readonly Move[],
  links: readonly MovedLink[],
  sources: SourceChanges,
): SourceChanges {
  const edited = new Set(sources.changes.map(({ path }) => path));
  const linked = new Set(links.map(({ from }) => from));
  const changes: Change[] = sources.changes.map(change => ({
    ...change,
    path: movedPath(change.path, moves),
  }));
  const unchanged: Unchanged[] = [...sources.unchanged];
  for (const { from } of moves) {
    for (const entry of entriesAt(root, from)) {
      if (edited.has(entry.path) || linked.has(entry.path)) continue;
      const path = movedPath(entry.path, moves);
      if (entry.kind === 'link') changes.push({ kind: 'link', path, target: entry.target });
      else {
        changes.push({ kind: 'write', path, bytes: entry.bytes, mode: entry.mode });
        unchanged.push({ path: entry.path, sha256: entry.sha256 });
      }
    }
    changes.push({ kind: 'remove', path: from });
  }
  return { changes: [...changes, ...linkChanges(links, moves)], unchanged };
}

/** Returns the links at their new places, and removals of old ones that nothing else removes. */
export function linkChanges(links: readonly MovedLink[], moves: readonly Move[]): Change[] {
  return links.flatMap(({ from, link }): Change[] => {
    const goes = from !== link.path && movedPath(from, moves) === from;
    return goes ? [link, { kind: 'remove', path: from }] : [link];
  });
}

/**
 * Looks up the index entries of files to be renamed.
 *
 * @param links the current links @returns a function that updates the index with the new names, like `git mv`;
 * to be called after everything has moved @throws HostFailure with git's error
 */
export async function indexUpdater(
  { root, env }: RunEnvironment,
  moves: readonly Move[],
  links: readonly MovedLink[],
): Promise<() => Promise<void>> {
  const repository = await openRepository(root, env);
  if (repository === null) return async () => undefined;
  const renamed = new Map(links.map(({ from, link }) => [movedPath(from, moves), link.path]));
  const places = [...moves.map(({ from }) => from), ...links.map(({ from }) => from), ...renamed.keys()];
  return repository.beginRename(places, path => {
    const moved = movedPath(path, moves);
    return renamed.get(moved) ?? moved;
  });
}

/**
 * Renames the notes of an interrupted run about generators to be regenerated.
 *
 * @throws HostFailure
 */
export async function renameNotes(
  session: Session,
  directory: string,
  moves: readonly Move[],
): Promise<void> {
  const stores = directory === '' ? 'vars/' : `${directory}/vars/`;
  const renamed = new Map(
    [...session.stale].map(([key, sources]) => [
      movedPath(stores + key, moves).slice(stores.length),
      sources,
    ]),
  );
  if ([...renamed.keys()].some(key => !session.stale.has(key))) await session.noteStale(renamed);
}
