/** `textDocument/prepareRename` and `textDocument/rename`. */
import {
  type CancellationToken,
  ErrorCodes,
  type PrepareRenameParams,
  type Range,
  type RenameParams,
  ResponseError,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import { type Move, prepareRename, rename } from '../../editor/rename.ts';
import type { Analysis } from '../analysis.ts';
import type { Client } from '../client.ts';
import { type Border, editOf, rangeOf } from '../convert.ts';
import { pointAt } from './point.ts';

export async function onPrepareRename(
  analysis: Analysis,
  params: PrepareRenameParams,
  token: CancellationToken,
): Promise<{ range: Range; placeholder: string } | null> {
  const point = await pointAt(analysis, params, token);
  const found = point && prepareRename(point.snapshot, point.path, point.offset);
  if (!found) return null;
  if ('refused' in found) throw refusal(found.refused);
  const range = rangeOf(point.snapshot.files, found.at);
  return range && { range, placeholder: found.name };
}

export async function onRename(
  analysis: Analysis,
  client: Client,
  params: RenameParams,
  token: CancellationToken,
): Promise<WorkspaceEdit | null> {
  const point = await pointAt(analysis, params, token);
  const found = point && rename(point.snapshot, point.path, point.offset, params.newName);
  if (!found) return null;
  if ('refused' in found) throw refusal(found.refused);
  const folder = found.moves.find(({ required }) => required === true);
  if (folder && !client.movesFiles)
    throw refusal(
      `This editor cannot move folders for a language server, and ${folder.from} has to become ${folder.to}.`,
    );
  const edit = editOf(point.border, found, client.takesVersionedEdits);
  return client.movesFiles ? withMoves(edit, found.moves, point.border, client.annotatesEdits) : edit;
}

const MOVE = 'varsmith.move';

/** What is stored moves only if the person says so, where the editor can ask. */
export function withMoves(
  edit: WorkspaceEdit,
  moves: readonly Move[],
  border: Border,
  annotated: boolean,
): WorkspaceEdit {
  if (moves.length === 0 || !edit.documentChanges) return edit;
  const renames = moves.map(({ from, to, required }) => ({
    kind: 'rename' as const,
    oldUri: border.uriOf(from),
    newUri: border.uriOf(to),
    options: { ignoreIfExists: true },
    ...(annotated && required !== true ? { annotationId: MOVE } : {}),
  }));
  const label = 'Move what is stored under the old name';
  const description = 'Without this, the values are generated anew under the new name.';
  return {
    documentChanges: [...edit.documentChanges, ...renames],
    ...(annotated ? { changeAnnotations: { [MOVE]: { label, description, needsConfirmation: true } } } : {}),
  };
}

function refusal(message: string): ResponseError<void> {
  return new ResponseError(ErrorCodes.InvalidRequest, message);
}
