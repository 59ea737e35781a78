/** The common parts of the completion scripts of all shells. */
import type { CommandSpec, NameSource, ValueSpec } from '../table/command-spec.ts';
import { NAME_SOURCES } from '../table/command-spec.ts';

/** The completion of a value: words, names that the program prints, paths, or nothing. */
export type Completed =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'names'; readonly of: NameSource }
  | { readonly kind: 'files' | 'folders' | 'nothing' };

export function completedBy({ from }: ValueSpec): Completed {
  if (typeof from !== 'string') return { kind: 'words', words: from };
  const of = NAME_SOURCES.find(source => source === from);
  if (of !== undefined) return { kind: 'names', of };
  return { kind: from === 'file' ? 'files' : from === 'folder' ? 'folders' : 'nothing' };
}

/** The first word of a command with its summary and possible second words. */
export interface FirstWord {
  readonly word: string;
  readonly summary: string;
  /** Empty if the command has only one word. */
  readonly next: readonly { readonly word: string; readonly summary: string }[];
}

export function firstWords(commands: readonly CommandSpec[]): readonly FirstWord[] {
  const words = new Map<
    string,
    { word: string; summary: string; next: { word: string; summary: string }[] }
  >();
  for (const { name, summary } of commands) {
    const [word = name, second] = name.split(' ');
    const entry = words.get(word) ?? { word, summary, next: [] };
    if (second !== undefined) entry.next.push({ word: second, summary });
    words.set(word, entry);
  }
  return [...words.values()].map(first =>
    first.next.length === 0 ? first : { ...first, summary: `${first.word} ${alternatives(first.next)}` },
  );
}

function alternatives(next: readonly { readonly word: string }[]): string {
  return next.map(({ word }) => word).join(' or ');
}

/** Returns the text in single quotes for bash and zsh. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Returns the first part of a help text, as a short description. */
export function described(help: string): string {
  const first = help.split(';')[0]?.trim() ?? '';
  return first.length <= 90 ? first : `${first.slice(0, 88).replace(/\W*\s\S*$/, '')} …`;
}
