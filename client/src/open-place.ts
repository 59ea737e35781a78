/** Opens places named by the server or the command line. */
import { l10n, Position, Range, Uri, ViewColumn, window } from 'vscode';
import type { Server } from './language/server.ts';
import { type PlaceParams, placeRequest, type Where } from './protocol/places.ts';
import type { SourcePlace } from './run-protocol.ts';

export async function openWhere(where: Where | null, viewColumn?: ViewColumn): Promise<void> {
  if (!where) {
    void window.showInformationMessage(l10n.t('This is not declared in a file of the workspace.'));
    return;
  }
  const { start, end } = where.range;
  const selection = new Range(start.line, start.character, end.line, end.character);
  const options = viewColumn === undefined ? { selection } : { selection, viewColumn };
  await window.showTextDocument(Uri.parse(where.uri), options);
}

/** Opens the declaration of a generator, given only by name, beside the active editor. */
export async function openGenerator(server: Server, asked: PlaceParams): Promise<void> {
  await openWhere(await server.request<Where | null>(placeRequest, asked), ViewColumn.Beside);
}

/**
 * Opens a file at a position.
 * @param root URI of the fleet
 */
export async function openPlace(root: string, { file, line, column }: SourcePlace): Promise<void> {
  const at = new Position(line - 1, column - 1);
  await window.showTextDocument(Uri.joinPath(Uri.parse(root), file), { selection: new Range(at, at) });
}
