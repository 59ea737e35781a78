/** Answers `textDocument/prepareRename`, `textDocument/rename` and `workspace/willRenameFiles`. */
import { relative, sep } from 'node:path';
import {
  type CancellationToken,
  ErrorCodes,
  type PrepareRenameParams,
  type Range,
  type RenameFilesParams,
  type RenameParams,
  ResponseError,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import { type FileMove, pathsFollowing } from '../../editor/rename/move-files.ts';
import { prepareRename, rename } from '../../editor/rename/rename.ts';
import { renameCommand } from '../../editor/rename/rename-command.ts';
import { renameMachineFolder } from '../../editor/rename/rename-machine.ts';
import type { Refusal, Renaming } from '../../editor/rename/renaming.ts';
import type { Snapshot } from '../../editor/snapshot.ts';
import type { TextEdit } from '../../edits/text-edit.ts';
import { movedLinks } from '../../store/vars/moved-links.ts';
import type { Move } from '../../store/vars/moves.ts';
import type { Analysis } from '../analysis.ts';
import type { Client } from '../client.ts';
import { editOf, type ProtocolContext, pathOfUri, rangeOf } from '../to-protocol.ts';
import { pointAt } from './requested-position.ts';

export async function onPrepareRename(
  analysis: Analysis,
  params: PrepareRenameParams,
  token: CancellationToken,
): Promise<{ range: Range; placeholder: string } | null> {
  const point = await pointAt(analysis, params, token);
  const prepared = point && prepareRename(point.snapshot, point.path, point.offset);
  if (!prepared) return null;
  if ('refused' in prepared) throw refusal(prepared.refused);
  const range = rangeOf(point.snapshot.files, prepared.at);
  return range && { range, placeholder: prepared.name };
}

export async function onRename(
  analysis: Analysis,
  client: Client,
  params: RenameParams,
  token: CancellationToken,
): Promise<WorkspaceEdit | null> {
  const point = await pointAt(analysis, params, token);
  const renaming = point && rename(point.snapshot, point.path, point.offset, params.newName);
  if (!renaming) return null;
  if ('refused' in renaming) throw refusal(renaming.refused);
  const hindrance = reasonNotToMove(point.snapshot, client, renaming.moves);
  if (hindrance !== null) {
    const command = renameCommand(point.snapshot, point.path, point.offset, params.newName);
    const advice = ` In a terminal, \`${command}\` does everything; save your files first.`;
    throw refusal(`${hindrance}${command === null ? '' : advice}`);
  }
  const edit = editOf(point.border, renaming, client.takesVersionedEdits);
  return client.movesFiles ? withMoves(edit, renaming.moves, point.border, client.annotatesEdits) : edit;
}

/**
 * Returns the edits for files and folders that a person is about to move: of the paths that lead to them and from them,
 * and for the first folder of a machine its name, with the moves of what is stored under it. Returns `null` if nothing
 * has to be changed.
 * @param warn shows why nothing else is moved; the files themselves are moved in any case
 */
export async function onWillRenameFiles(
  analysis: Analysis,
  client: Client,
  warn: (message: string) => void,
  { files }: RenameFilesParams,
  token: CancellationToken,
): Promise<WorkspaceEdit | null> {
  let first: LocatedFile | null = null;
  const moves: FileMove[] = [];
  for (const { oldUri, newUri } of files) {
    const [old, fresh] = [pathOfUri(oldUri), pathOfUri(newUri)];
    const located = old === null ? null : await analysis.locate(old, token);
    if (located === null || fresh === null) continue;
    first ??= located;
    const to = relative(first.root, fresh).split(sep).join('/');
    // What leaves the workspace cannot be followed.
    if (located.root === first.root && !to.startsWith('../')) moves.push({ from: located.path, to });
  }
  if (first === null) return null;
  const { snapshot, border } = first;
  const paths = pathsFollowing(snapshot, moves);
  const renaming = machineMoved(snapshot, moves);
  const hindrance =
    renaming === null || 'refused' in renaming ? null : reasonNotToMove(snapshot, client, renaming.moves);
  if (renaming !== null && ('refused' in renaming || hindrance !== null)) {
    const why = 'refused' in renaming ? renaming.refused : `${hindrance} ${BEFORE_THE_FOLDER}`;
    warn(`Only the folder is renamed. ${why}`);
    return null;
  }
  const ofMachine = renaming ?? { edits: [], moves: [] };
  const isApart = (edit: TextEdit) => !ofMachine.edits.some(other => overlaps(edit, other));
  const edits = [...ofMachine.edits, ...paths.filter(isApart)];
  if (edits.length === 0 && ofMachine.moves.length === 0) return null;
  const edit = editOf(border, { edits }, client.takesVersionedEdits);
  return client.movesFiles ? withMoves(edit, ofMachine.moves, border, client.annotatesEdits) : edit;
}

type LocatedFile = NonNullable<Awaited<ReturnType<Analysis['locate']>>>;

function machineMoved(snapshot: Snapshot, moves: readonly FileMove[]): Renaming | Refusal | null {
  for (const { from, to } of moves) {
    const renaming = renameMachineFolder(snapshot, from, to);
    if (renaming !== null) return renaming;
  }
  return null;
}

function overlaps(left: TextEdit, right: TextEdit): boolean {
  return left.file === right.file && left.start < right.end && right.start < left.end;
}

const BEFORE_THE_FOLDER =
  "Restore the folder's old name, and run `varsmith rename machine OLD NEW` in a terminal.";

/**
 * Returns the reason why an editor cannot make all necessary moves, or `null` if it can. Values that are left behind
 * would be generated again.
 */
function reasonNotToMove(snapshot: Snapshot, client: Client, moves: readonly Move[]): string | null {
  const [first] = moves;
  if (first === undefined) return null;
  const { from, to } = moves.find(({ required }) => required === true) ?? first;
  if (!client.movesFiles)
    return `This editor cannot move files for a language server, but ${from} must become ${to}.`;
  if (!client.mendsMoves && leavesLinks(snapshot, moves))
    return 'This editor cannot change links for a language server, but those beside encrypted secrets must move too.';
  return null;
}

function leavesLinks({ files, fleet }: Snapshot, moves: readonly Move[]): boolean {
  return movedLinks(files, fleet.directory ?? '', moves, false).length > 0;
}

const MOVE = 'varsmith.move';

/** Adds the moves of stored files. An editor with a preview lets the person deselect them. */
export function withMoves(
  edit: WorkspaceEdit,
  moves: readonly Move[],
  border: ProtocolContext,
  annotated: boolean,
): WorkspaceEdit {
  if (moves.length === 0 || !edit.documentChanges) return edit;
  const renames = moves.map(({ from, to, required }) => ({
    kind: 'rename' as const,
    oldUri: border.uriOf(from),
    newUri: border.uriOf(to),
    // Without `overwrite`, VS Code applies a lone `ignoreIfExists` to the old path and skips every move.
    options: { overwrite: false },
    ...(annotated && required !== true ? { annotationId: MOVE } : {}),
  }));
  const label = 'Move the files stored under the old name';
  const description = 'Without this, the values are generated again under the new name.';
  return {
    documentChanges: [...edit.documentChanges, ...renames],
    ...(annotated ? { changeAnnotations: { [MOVE]: { label, description, needsConfirmation: false } } } : {}),
  };
}

function refusal(message: string): ResponseError<void> {
  return new ResponseError(ErrorCodes.InvalidRequest, message);
}
