/**
 * Classifies the words of scripts: commands, variables, the directories `$in`, `$out` and `$prompts`, and the
 * dependencies, files and prompts below them. Pure; editors choose the colours.
 */
import type { Place } from '../../nix/places.ts';
import { wordsOf } from '../names/script-words.ts';
import { scriptsIn } from '../names/scripts.ts';
import type { Snapshot } from '../snapshot.ts';

const TOKEN_KINDS = ['command', 'builtin', 'variable', 'directory', 'dependency', 'file', 'prompt'] as const;

export type TokenKind = (typeof TOKEN_KINDS)[number];

export interface Token {
  readonly at: Place;
  readonly kind: TokenKind;
}

const DIRECTORIES: ReadonlySet<string> = new Set(['in', 'out', 'prompts']);

/** Returns the tokens in text order, without overlaps, and none spanning a line end. */
export function tokensIn(snapshot: Snapshot, file: string): readonly Token[] {
  const text = snapshot.files.text(file);
  if (text === null) return [];
  const tokens: Token[] = [];
  const add = (at: Place | null, kind: TokenKind) => {
    if (at?.file === file && !text.slice(at.start, at.end).includes('\n')) tokens.push({ at, kind });
  };
  for (const { script, followed } of scriptsIn(snapshot, file)) {
    const { flow, placeOf } = followed;
    for (const { word, at } of wordsOf(script)) {
      add(at.owner, 'dependency');
      add(at.name, word.root === 'prompts' ? 'prompt' : 'file');
    }
    for (const { name, nameAt } of flow.variables)
      add(placeOf(nameAt), DIRECTORIES.has(name) ? 'directory' : 'variable');
    for (const { nameAt } of flow.assignments) add(placeOf(nameAt), 'variable');
    for (const { nameAt, kind, name } of flow.commands)
      if (name !== null) add(placeOf(nameAt), kind === 'builtin' ? 'builtin' : 'command');
  }
  return apart(tokens);
}

/** Removes tokens that overlap an earlier one. */
function apart(tokens: readonly Token[]): Token[] {
  const kept: Token[] = [];
  for (const token of tokens.toSorted((a, b) => a.at.start - b.at.start || a.at.end - b.at.end))
    if (token.at.end > token.at.start && token.at.start >= (kept.at(-1)?.at.end ?? 0)) kept.push(token);
  return kept;
}
