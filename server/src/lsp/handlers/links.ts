/** Answers `textDocument/documentLink`. */
import type { CancellationToken, DocumentLink, DocumentLinkParams } from 'vscode-languageserver';
import { fileLinks } from '../../editor/shown/links.ts';
import type { Analysis } from '../analysis.ts';
import { rangeOf } from '../to-protocol.ts';
import { locatedIn } from './requested-position.ts';

export async function onDocumentLinks(
  analysis: Analysis,
  params: DocumentLinkParams,
  token: CancellationToken,
): Promise<DocumentLink[] | null> {
  const located = await locatedIn(analysis, params.textDocument.uri, token);
  if (!located) return null;
  const { snapshot, border, path } = located;
  return fileLinks(snapshot, path).flatMap(({ at, target, tooltip }) => {
    const range = rangeOf(snapshot.files, at);
    return range ? [{ range, target: border.uriOf(target), tooltip }] : [];
  });
}
