/** The legend of semantic tokens: the type and modifier of each kind of word in a script. */
import type { SemanticTokensLegend } from 'vscode-languageserver';
import type { TokenKind } from '../editor/shown/tokens.ts';

/** Names that themes know, with their modifiers. */
export const LOOKS: Readonly<Record<TokenKind, readonly [type: string, modifier: string | null]>> = {
  command: ['function', null],
  builtin: ['function', 'defaultLibrary'],
  variable: ['variable', null],
  directory: ['variable', 'readonly'],
  dependency: ['class', null],
  file: ['property', null],
  prompt: ['parameter', null],
};

export const TYPES = [...new Set(Object.values(LOOKS).map(([type]) => type))];
export const MODIFIERS = ['defaultLibrary', 'readonly'];

export const TOKENS_LEGEND: SemanticTokensLegend = { tokenTypes: TYPES, tokenModifiers: MODIFIERS };
