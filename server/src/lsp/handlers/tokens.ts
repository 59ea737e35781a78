/** Answers `textDocument/semanticTokens/full`, with no tokens unless the settings enable them. */
import {
  type CancellationToken,
  type SemanticTokens,
  SemanticTokensBuilder,
  type SemanticTokensParams,
} from 'vscode-languageserver';
import { tokensIn } from '../../editor/shown/tokens.ts';
import type { Analysis } from '../analysis.ts';
import type { DisplaySettings } from '../display-settings.ts';
import { rangeOf } from '../to-protocol.ts';
import { LOOKS, MODIFIERS, TYPES } from '../token-legend.ts';
import { locatedIn } from './requested-position.ts';

export async function onSemanticTokens(
  analysis: Analysis,
  shown: DisplaySettings,
  { textDocument }: SemanticTokensParams,
  token: CancellationToken,
): Promise<SemanticTokens> {
  const builder = new SemanticTokensBuilder();
  const located = shown.semanticTokens ? await locatedIn(analysis, textDocument.uri, token) : null;
  for (const { at, kind } of located ? tokensIn(located.snapshot, located.path) : []) {
    const start = located && rangeOf(located.snapshot.files, at)?.start;
    if (!start) continue;
    const [type, modifier] = LOOKS[kind];
    const modifiers = modifier === null ? 0 : 1 << MODIFIERS.indexOf(modifier);
    builder.push(start.line, start.character, at.end - at.start, TYPES.indexOf(type), modifiers);
  }
  return builder.build();
}
