/** `textDocument/semanticTokens/full`: nothing unless somebody has asked for it in the settings. */
import {
  type CancellationToken,
  type SemanticTokens,
  SemanticTokensBuilder,
  type SemanticTokensLegend,
  type SemanticTokensParams,
} from 'vscode-languageserver';
import { type TokenKind, tokensIn } from '../../editor/tokens.ts';
import type { Analysis } from '../analysis.ts';
import { rangeOf } from '../convert.ts';
import type { Shown } from '../shown.ts';
import { locatedIn } from './point.ts';

/** Names that themes know, with their modifiers. */
const LOOKS: Readonly<Record<TokenKind, readonly [type: string, modifier: string | null]>> = {
  command: ['function', null],
  builtin: ['function', 'defaultLibrary'],
  variable: ['variable', null],
  directory: ['variable', 'readonly'],
  dependency: ['class', null],
  file: ['property', null],
  prompt: ['parameter', null],
};

const TYPES = [...new Set(Object.values(LOOKS).map(([type]) => type))];
const MODIFIERS = ['defaultLibrary', 'readonly'];

export const TOKENS_LEGEND: SemanticTokensLegend = { tokenTypes: TYPES, tokenModifiers: MODIFIERS };

export async function onSemanticTokens(
  analysis: Analysis,
  shown: Shown,
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
