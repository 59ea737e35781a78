/**
 * Renames something everywhere, from the request to the written files: edits modules, moves stored values and links,
 * and updates git's index. The door to a rename, for the command line and for editors that cannot move files.
 */
import { applyEdits, editsByFile } from '../checks/engine/apply-fixes.ts';
import {
  namesOfKind,
  type RenameRequest,
  requestedRenaming,
  splitName,
} from '../editor/rename/rename-request.ts';
import type { Renaming } from '../editor/rename/renaming.ts';
import { indexUpdater, linkChanges, relocation, renameNotes } from '../generate/repository/relocate.ts';
import { outsideMoves, type StoredName } from '../generate/repository/relocate-outside.ts';
import { type EditedFile, sourceChanges } from '../generate/repository/sources.ts';
import { withSession } from '../generate/run/run-session.ts';
import { type MovedLink, movedLinks } from '../store/vars/moved-links.ts';
import type { Move } from '../store/vars/moves.ts';
import type { ConvertedFleet as EditedFleet } from './run-conversion.ts';
import type { Workspace } from './workspace.ts';

export interface RenameOptions {
  /** True if stored values stay under the old name, unless they must move. */
  readonly keepsStored: boolean;
  /** True if nothing is written. */
  readonly isDry: boolean;
}

export interface RenameResult {
  readonly files: readonly EditedFile[];
  readonly moves: readonly Move[];
  /** Moves that were left out because of `keepsStored`. */
  readonly kept: readonly Move[];
}

export interface RenameReporter<Result> {
  /** Reports a sentence. */
  note(sentence: string): void;
  /** Reports the result, which has been applied unless the run is dry. */
  ended(result: Result): void;
}

/** Nothing has the name that is to be changed. */
export class NoSuchName extends Error {
  /** The existing names of the kind. */
  readonly names: readonly string[];

  constructor({ kind, from }: RenameRequest, names: readonly string[]) {
    super(`There is no ${kind} "${from}".`);
    this.names = names;
  }
}

/**
 * Runs a rename.
 * @throws NoSuchName; Error if it cannot be renamed; HostFailure, StoreFailure
 */
export async function runRename(
  fleet: EditedFleet,
  request: RenameRequest,
  { keepsStored, isDry }: RenameOptions,
  { note, ended }: RenameReporter<RenameResult>,
): Promise<void> {
  const { workspace, environment } = fleet;
  if (isDry) return ended(plannedRename(workspace, request, keepsStored));
  await withSession(fleet, { commit: false, note }, async session => {
    const result = plannedRename(workspace, request, keepsStored);
    const { moves, files } = result;
    const links = movedLinks(workspace.files, environment.directory, moves, false);
    const sources = sourceChanges(environment.root, files);
    const { changes, unchanged } = relocation(environment.root, moves, links, sources);
    const updateIndex = await indexUpdater(environment, moves, links);
    const stored = keepsStored ? null : storedName(request);
    const outside = stored === null ? [] : await outsideMoves(fleet.fleet(), environment, stored);
    if (changes.length > 0) await session.apply([...changes, ...outside], 'rename', unchanged, updateIndex);
    await renameNotes(session, environment.directory, moves);
    ended(result);
  });
}

/** Updates links and git's index after files were moved by other means. */
export async function runMoved(
  fleet: EditedFleet,
  moves: readonly Move[],
  { isDry }: Pick<RenameOptions, 'isDry'>,
  { note, ended }: RenameReporter<readonly MovedLink[]>,
): Promise<void> {
  const { workspace, environment } = fleet;
  await withSession(fleet, { commit: false, note }, async session => {
    const links = movedLinks(workspace.files, environment.directory, moves, true);
    if (!isDry) {
      const changes = linkChanges(links, []);
      const updateIndex = await indexUpdater(environment, moves, links);
      if (changes.length > 0) await session.apply(changes, 'rename', [], updateIndex);
      else await updateIndex();
      await renameNotes(session, environment.directory, moves);
    }
    ended(links);
  });
}

function plannedRename(workspace: Workspace, request: RenameRequest, keepsStored: boolean): RenameResult {
  const snapshot = workspace.snapshot();
  const renaming = requestedRenaming(snapshot, request);
  if (renaming === null) throw new NoSuchName(request, namesOfKind(snapshot, request.kind));
  if ('refused' in renaming) throw new Error(`${renaming.refused} Nothing was changed.`);
  const isMoved = (move: Move) => !keepsStored || move.required === true;
  return {
    files: editedFiles(workspace, renaming),
    moves: renaming.moves.filter(isMoved),
    kept: renaming.moves.filter(move => !isMoved(move)),
  };
}

function editedFiles({ files }: Workspace, { edits }: Renaming): EditedFile[] {
  return [...editsByFile([{ title: '', edits, preferred: true }])].map(([path, fileEdits]) => {
    const before = files.text(path) ?? '';
    return { path, before, after: applyEdits(before, fileEdits) };
  });
}

/** Returns the name for a store outside the repository, or null for things that are not stored. */
function storedName({ kind, from, to }: RenameRequest): StoredName | null {
  if (kind === 'generator' || kind === 'machine') return { kind, old: from, to };
  const split = kind === 'file' ? splitName(from) : null;
  return split && { kind: 'file', generator: split.generator, old: split.name, to };
}
