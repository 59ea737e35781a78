/** Makes entries about what is unknown without Nix: places, and generators in the words of plans. */
import { counted } from '../checks/facts/wording.ts';
import type { Declared } from '../generate/plan/declarations.ts';
import { openQuestions } from '../generate/plan/open-questions.ts';
import { lineStartsOf, positionAt } from '../nix/source.ts';
import type { Examined } from './examined.ts';
import { type Entry, entry } from './report.ts';
import { bySentence, followsFrom } from './unknown-words.ts';

/** The most reasons that are listed; the rest is counted. */
const MAX_REASONS = 12;
const MAX_QUESTIONS = 8;
const MAX_FILES = 8;

/**
 * Returns an entry with the reasons, the most frequent first, each with one place, followed by the questions that
 * plans leave to Nix.
 */
export function analysisEntry({ fleet, files }: Examined, declared: Declared): Entry {
  const sentences = bySentence(fleet.notAnalysable);
  const questions = openQuestions(declared);
  if (sentences.length === 0 && questions.length === 0)
    return entry('not analysable', 'found', 'nothing; everything was understood');
  const places = sentences.map(([sentence, [{ at }, ...others]]) => {
    const place = `${at.file}:${lineOf(files.text(at.file), at.start)}`;
    return `${sentence} (${others.length === 0 ? place : `${others.length + 1} places, the first ${place}`})`;
  });
  const details = [...some(places, MAX_REASONS, 'reasons'), ...some(questions, MAX_QUESTIONS, 'questions')];
  const text =
    sentences.length === 0
      ? 'all files were understood; some declarations cannot be determined without Nix'
      : `${counted(fleet.notAnalysable.length, 'place')} without Nix`;
  if (sentences.length === 0) return entry('not analysable', 'unknown', text, { details });
  const kinds = [...new Set(sentences.map(([, [{ what }]]) => what))];
  return entry('not analysable', 'unknown', text, { details, advice: followsFrom(kinds) });
}

/** Returns entries for files that Nix rejects and certainly evaluates. */
export function refusedEntries({ fleet, files }: Examined): Entry[] {
  const places = fleet.faults.flatMap(({ file, reach, syntax, refused }) => {
    const at = syntax ?? refused[0];
    return reach === 'certain' && at !== undefined ? [`${file}:${lineOf(files.text(file), at.start)}`] : [];
  });
  if (places.length === 0) return [];
  const details = some(places, MAX_FILES, 'files');
  const text = `${counted(places.length, 'file')}: whatever imports ${places.length === 1 ? 'it' : 'them'} cannot be evaluated`;
  return [
    entry('refused by Nix', 'problem', text, { details, advice: '`varsmith check` shows what is wrong.' }),
  ];
}

/** Returns the 1-based line of an offset. */
function lineOf(text: string | null, offset: number): number {
  return text === null ? 1 : positionAt(lineStartsOf(text), offset).line + 1;
}

function some(lines: readonly string[], most: number, word: string): string[] {
  if (lines.length <= most) return [...lines];
  return [...lines.slice(0, most), `… and ${lines.length - most} more ${word}`];
}
