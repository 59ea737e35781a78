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

/** The first words of all commands with their summaries, and what may follow those that have a second one. */
export interface FirstWord {
  readonly word: string;
  readonly summary: string;
  /** Second words; empty where the first says it all. */
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

/** In single quotes for bash and zsh. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Help as a description of a line: what comes first of it. */
export function described(help: string): string {
  const first = help.split(';')[0]?.trim() ?? '';
  return first.length <= 90 ? first : `${first.slice(0, 88).replace(/\W*\s\S*$/, '')} …`;
}
