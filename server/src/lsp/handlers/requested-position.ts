/** From the position that a request names to a place in a snapshot. */
import type { CancellationToken, TextDocumentPositionParams } from 'vscode-languageserver';
import type { Analysis, Located } from '../analysis.ts';
import { offsetOf, pathOfUri } from '../to-protocol.ts';

export interface Point extends Located {
  /** 0-based UTF-16 offset. */
  readonly offset: number;
}

/**
 * Null for a file of no workspace, and one that is not there.
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

/** As `pointAt`, for requests about a whole document. */
export async function locatedIn(
  analysis: Analysis,
  uri: string,
  token: CancellationToken,
): Promise<Located | null> {
  const absolute = pathOfUri(uri);
  return absolute === null ? null : analysis.locate(absolute, token);
}
