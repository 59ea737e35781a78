/**
 * Finds the words of a script that name files: `$in/<dependency>/<file>`, `$out/<file>`, `$prompts/<prompt>`.
 * Looks at words alone, not at whether a command reads or writes them.
 */

import { placeInScript } from '../../fleet/generators/script.ts';
import type { GeneratorScript } from '../../fleet/model/generators.ts';
import type { Place } from '../../nix/places.ts';
import { memoized } from '../../std.ts';

interface ScriptWord {
  readonly root: 'in' | 'out' | 'prompts';
  /** The generator named in `$in/…`. */
  readonly dependency: string | null;
  /** The file or prompt, or null if the word ends before it. */
  readonly name: string | null;
}

export interface PlacedWord {
  readonly word: ScriptWord;
  readonly at: {
    /** The place of the dependency's name. */
    readonly owner: Place | null;
    /** The place of the file's or prompt's name. */
    readonly name: Place | null;
  };
}

const NAME = '[\\w+@%=.-]*[\\w+@%=-]';
const WORD = new RegExp(
  `(?<!\\\\)\\$(?:(in|out|prompts)\\b|\\{(in|out|prompts)\\})"?/"?(${NAME})(?:"?/"?(${NAME}))?`,
  'gd',
);

/** Returns the words of a script in order, each with the places of its written parts. */
export function wordsOf(script: GeneratorScript | null): readonly PlacedWord[] {
  return script?.source == null ? [] : wordsIn(script);
}

const wordsIn = memoized(({ source }: GeneratorScript): readonly PlacedWord[] => {
  if (source === null) return [];
  const { text, holes } = source;
  return [...text.matchAll(WORD)].flatMap((match): PlacedWord[] => {
    const root = (match[1] ?? match[2]) as ScriptWord['root'];
    const [start, end] = match.indices?.[0] ?? [0, 0];
    if (holes.some(hole => hole.start < end && hole.end > start)) return [];
    // Next to an unknown part, the last name may be incomplete.
    const cut = holes.some(hole => hole.start === end);
    const placed = (group: 3 | 4) => {
      const range = match.indices?.[group];
      return range === undefined ? null : placeInScript(source, range[0], range[1]);
    };
    const [, , , first = null, second = null] = match;
    if (cut && (root !== 'in' || second === null)) return [];
    if (root !== 'in')
      return [{ word: { root, dependency: null, name: first }, at: { owner: null, name: placed(3) } }];
    const [name, at] = cut ? [null, null] : [second, placed(4)];
    return [{ word: { root, dependency: first, name }, at: { owner: placed(3), name: at } }];
  });
});
