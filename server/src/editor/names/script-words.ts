/**
 * The words of a script that name files: `$in/<dependency>/<file>`, `$out/<file>`, `$prompts/<prompt>`. Goes by the
 * words alone; whether a command reads or writes them is for others to ask.
 */

import { placeInScript } from '../../fleet/generators/script.ts';
import type { GeneratorScript } from '../../fleet/model/generators.ts';
import type { Place } from '../../nix/places.ts';

interface ScriptWord {
  readonly root: 'in' | 'out' | 'prompts';
  /** The generator that `$in/…` names. */
  readonly dependency: string | null;
  /** The file or the prompt; null if the word ends before. */
  readonly name: string | null;
}

export interface PlacedWord {
  readonly word: ScriptWord;
  readonly at: {
    /** Place of the dependency's name. */
    readonly owner: Place | null;
    /** Place of the file's or the prompt's name. */
    readonly name: Place | null;
  };
}

const NAME = '[\\w+@%=.-]*[\\w+@%=-]';
const WORD = new RegExp(
  `(?<!\\\\)\\$(?:(in|out|prompts)\\b|\\{(in|out|prompts)\\})"?/"?(${NAME})(?:"?/"?(${NAME}))?`,
  'gd',
);

const wordsByScript = new WeakMap<GeneratorScript, readonly PlacedWord[]>();

/** The words of a script, in its order; each has what of it is written in some file. */
export function wordsOf(script: GeneratorScript | null): readonly PlacedWord[] {
  if (script?.source == null) return [];
  const placedWords = wordsByScript.get(script);
  if (placedWords !== undefined) return placedWords;
  const words = readWords(script);
  wordsByScript.set(script, words);
  return words;
}

function readWords({ source }: GeneratorScript): PlacedWord[] {
  if (source === null) return [];
  const { text, holes } = source;
  return [...text.matchAll(WORD)].flatMap((match): PlacedWord[] => {
    const root = (match[1] ?? match[2]) as ScriptWord['root'];
    const [start, end] = match.indices?.[0] ?? [0, 0];
    if (holes.some(hole => hole.start < end && hole.end > start)) return [];
    // Next to what is not known the last name is only a part of one.
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
}
