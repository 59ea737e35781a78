/** Resolves the position in a request to a place in a snapshot. */
import type { CancellationToken, TextDocumentPositionParams } from 'vscode-languageserver';
import type { Analysis, FileState } from '../analysis.ts';
import { offsetOf, pathOfUri } from '../to-protocol.ts';

export interface Point extends FileState {
  /** 0-based UTF-16 offset. */
  readonly offset: number;
}

/**
 * Returns the place, or `null` for a file that belongs to no workspace or does not exist.
 * @throws a cancellation
 */
export async function pointAt(
  analysis: Analysis,
  { textDocument, position }: TextDocumentPositionParams,
  token: CancellationToken,
): Promise<Point | null> {
  const located = await locatedIn(analysis, textDocument.uri, token);
  if (!located) return null;
  const offset = offsetOf(located.snapshot.files, located.path, position);
  return offset === null ? null : { ...located, offset };
}

/** Returns the file for a request about a whole document, like `pointAt`. */
export async function locatedIn(
  analysis: Analysis,
  uri: string,
  token: CancellationToken,
): Promise<FileState | null> {
  const absolute = pathOfUri(uri);
  return absolute === null ? null : analysis.locate(absolute, token);
}
