/** Follows `[ … ]`, `[[ … ]]` and `test`: the files that they test, and the commands in their words. */

import type { Range, Word } from '../syntax.ts';
import { noteText } from './flow-redirects.ts';
import { noteRead } from './flow-run.ts';
import { type Expansion, expandWord } from './flow-words.ts';
import { literal, pathOf, type Value } from './values.ts';

const FILE_TESTS = new Set([
  '-e',
  '-f',
  '-s',
  '-d',
  '-r',
  '-w',
  '-x',
  '-L',
  '-h',
  '-p',
  '-S',
  '-b',
  '-c',
  '-g',
  '-k',
  '-u',
  '-O',
  '-G',
  '-N',
  '-a',
]);

export function followTest(cx: Expansion, words: readonly Word[]): void {
  testValues(
    cx,
    words.map(word => ({ at: word, values: expandWord(cx, word, false) })),
    null,
  );
}

/** Follows the operands of `test` called as a command. */
export function testValues(
  cx: Expansion,
  words: readonly { readonly at: Range; readonly values: readonly Value[] }[],
  command: number | null,
): void {
  words.forEach(({ at, values }, index) => {
    const before = words[index - 1]?.values[0];
    const isFile = before !== undefined && FILE_TESTS.has(literal(before) ?? '');
    for (const value of values) {
      if (isFile) noteRead(cx.run, cx.state, { at, path: pathOf(value, cx.state.cwd), how: 'test', command });
      else noteText(cx, at, value, command);
    }
  });
}
