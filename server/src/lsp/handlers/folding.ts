/** Answers `textDocument/foldingRange`. */
import {
  type CancellationToken,
  type FoldingRange,
  FoldingRangeKind,
  type FoldingRangeParams,
} from 'vscode-languageserver';
import { foldings } from '../../editor/shown/folding.ts';
import type { Analysis } from '../analysis.ts';
import { locatedIn } from './requested-position.ts';

export async function onFoldingRanges(
  analysis: Analysis,
  params: FoldingRangeParams,
  token: CancellationToken,
): Promise<FoldingRange[] | null> {
  const located = await locatedIn(analysis, params.textDocument.uri, token);
  const source = located?.snapshot.files.parse(located.path);
  if (!source) return null;
  return foldings(source).map(({ startLine, endLine, kind }) => ({
    startLine,
    endLine,
    ...(kind === 'comment' ? { kind: FoldingRangeKind.Comment } : {}),
  }));
}
