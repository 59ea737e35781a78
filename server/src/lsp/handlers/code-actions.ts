/** `textDocument/codeAction`. */
import {
  type CancellationToken,
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
} from 'vscode-languageserver';
import { codeActions } from '../../editor/code-actions.ts';
import type { Engine } from '../../workspace/engine.ts';
import type { Analysis } from '../analysis.ts';
import type { Client } from '../client.ts';
import { codeActionOf, offsetOf, pathOfUri } from '../convert.ts';

export async function onCodeAction(
  analysis: Analysis,
  client: Client,
  silence: Engine['silence'],
  { textDocument, range, context }: CodeActionParams,
  token: CancellationToken,
): Promise<CodeAction[] | null> {
  if (context.only && !context.only.some(isQuickFix)) return [];
  const absolute = pathOfUri(textDocument.uri);
  const located = absolute === null ? null : await analysis.locate(absolute, token);
  if (!located) return null;
  const { snapshot, border, path } = located;
  const start = offsetOf(snapshot.files, path, range.start);
  const end = offsetOf(snapshot.files, path, range.end);
  if (start === null || end === null) return null;
  const actions = codeActions(snapshot, path, start, end, silence);
  return actions.map(action => codeActionOf(border, action, client.takesVersionedEdits));
}

/** A client asks for a kind by its name or by a name above it; the empty one is above all. */
function isQuickFix(kind: string): boolean {
  return kind === '' || kind === CodeActionKind.QuickFix;
}
