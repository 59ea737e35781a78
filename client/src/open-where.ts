/** Opens a place that the server names, with the name selected. */
import { Range, Uri, type ViewColumn, window } from 'vscode';
import type { Where } from './protocol.ts';

export async function openWhere(where: Where | null, viewColumn?: ViewColumn): Promise<void> {
  if (!where) {
    void window.showInformationMessage('This is not declared in a file of the workspace.');
    return;
  }
  const { start, end } = where.range;
  const selection = new Range(start.line, start.character, end.line, end.character);
  const options = viewColumn === undefined ? { selection } : { selection, viewColumn };
  await window.showTextDocument(Uri.parse(where.uri), options);
}
