/** Answers `textDocument/references` and `textDocument/documentHighlight`. */
import {
  type CancellationToken,
  type DocumentHighlight,
  DocumentHighlightKind,
  type DocumentHighlightParams,
  type Location,
  type ReferenceParams,
} from 'vscode-languageserver';
import { highlights, references } from '../../editor/navigate/references.ts';
import type { Analysis } from '../analysis.ts';
import { locationOf, rangeOf } from '../to-protocol.ts';
import { pointAt } from './requested-position.ts';

export async function onReferences(
  analysis: Analysis,
  params: ReferenceParams,
  token: CancellationToken,
): Promise<Location[] | null> {
  const point = await pointAt(analysis, params, token);
  if (!point) return null;
  const { snapshot, border, path, offset } = point;
  const places = references(snapshot, path, offset, params.context.includeDeclaration);
  return places?.map(place => locationOf(border, place)).filter(location => location !== null) ?? null;
}

export async function onDocumentHighlight(
  analysis: Analysis,
  params: DocumentHighlightParams,
  token: CancellationToken,
): Promise<DocumentHighlight[] | null> {
  const point = await pointAt(analysis, params, token);
  if (!point) return null;
  const { snapshot, path, offset } = point;
  return highlights(snapshot, path, offset).flatMap(({ at, role }) => {
    const range = rangeOf(snapshot.files, at);
    if (!range) return [];
    const kind = role === 'declaration' ? DocumentHighlightKind.Write : DocumentHighlightKind.Read;
    return [{ range, kind }];
  });
}
