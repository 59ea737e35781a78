/** Answers `textDocument/selectionRange`. */
import type { CancellationToken, SelectionRange, SelectionRangeParams } from 'vscode-languageserver';
import { selectionsAt } from '../../editor/shown/selection.ts';
import type { Analysis } from '../analysis.ts';
import { offsetOf, rangeOf } from '../to-protocol.ts';
import { locatedIn } from './requested-position.ts';

export async function onSelectionRanges(
  analysis: Analysis,
  { textDocument, positions }: SelectionRangeParams,
  token: CancellationToken,
): Promise<SelectionRange[] | null> {
  const located = await locatedIn(analysis, textDocument.uri, token);
  if (!located) return null;
  const { snapshot, path } = located;
  return positions.map((position): SelectionRange => {
    const offset = offsetOf(snapshot.files, path, position);
    const chain = offset === null ? [] : selectionsAt(snapshot, path, offset);
    const around = chain.reduceRight<SelectionRange | undefined>((parent, { start, end }) => {
      const range = rangeOf(snapshot.files, { file: path, start, end });
      return range ? { range, ...(parent ? { parent } : {}) } : parent;
    }, undefined);
    // The protocol requires an answer for each position.
    return around ?? { range: { start: position, end: position } };
  });
}
