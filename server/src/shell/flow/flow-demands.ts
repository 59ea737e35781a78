/** Notes the files that a script demands: it ends with an error where they are not there, as in `[ -s f ] || exit 1`. */

import type { Statement, Word } from '../syntax.ts';
import { wordText } from './assigned.ts';
import type { Run } from './flow-run.ts';
import { isCertain, type State } from './flow-state.ts';
import { pathKey } from './values.ts';

/**
 * Notes the file whose existence a statement tests.
 * @param state the state at the test
 * @param demanded the result of the statement without which the script fails
 */
export function noteDemand(run: Run, state: State, statement: Statement, demanded: boolean): void {
  const word = isCertain(state) && !state.inSubprocess ? fileIn(statement, demanded) : null;
  if (word === null) return;
  const keys = [...run.reads.values()].flatMap(({ how, start, path }) =>
    how === 'test' && start === word.start ? [pathKey(path)] : [],
  );
  const [only, ...others] = keys;
  if (only != null && others.length === 0) run.demanded.add(only);
}

const EXISTENCE = new Set(['-e', '-f', '-s', '-r']);

/** Returns the word of a file that exists if the statement has the result, or `null` if it tests something else. */
function fileIn(statement: Statement, result: boolean): Word | null {
  if (statement.kind === 'not') return fileIn(statement.body, !result);
  if (statement.kind === 'test') return fileOf(statement.words, result);
  if (statement.kind !== 'simple') return null;
  const [command, ...words] = statement.words;
  return command !== undefined && wordText(command) === 'test' ? fileOf(words, result) : null;
}

function fileOf(words: readonly Word[], result: boolean): Word | null {
  const [first, ...rest] = words;
  if (first === undefined) return null;
  if (wordText(first) === '!') return fileOf(rest, !result);
  const [file, ...others] = rest;
  return result && file !== undefined && others.length === 0 && EXISTENCE.has(wordText(first) ?? '')
    ? file
    : null;
}
