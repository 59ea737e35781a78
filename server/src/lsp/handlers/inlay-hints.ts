/** Answers `textDocument/inlayHint`. */
import type { CancellationToken, InlayHint, InlayHintParams } from 'vscode-languageserver';
import { inlayHints } from '../../editor/shown/inlay-hints.ts';
import type { Analysis } from '../analysis.ts';
import type { DisplaySettings } from '../display-settings.ts';
import { offsetOf, rangeOf } from '../to-protocol.ts';
import { locatedIn } from './requested-position.ts';

export async function onInlayHints(
  analysis: Analysis,
  shown: DisplaySettings,
  { textDocument, range }: InlayHintParams,
  token: CancellationToken,
): Promise<InlayHint[] | null> {
  const located = await locatedIn(analysis, textDocument.uri, token);
  if (!located) return null;
  const { snapshot, path } = located;
  const start = offsetOf(snapshot.files, path, range.start);
  const end = offsetOf(snapshot.files, path, range.end);
  if (start === null || end === null) return null;
  return inlayHints(snapshot, path, { start, end }, shown.inlayHints).flatMap(
    ({ offset, label, tooltip }) => {
      const at = rangeOf(snapshot.files, { file: path, start: offset, end: offset });
      return at === null
        ? []
        : [{ position: at.start, label, paddingLeft: true, ...(tooltip === null ? {} : { tooltip }) }];
    },
  );
}
