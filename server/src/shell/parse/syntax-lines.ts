/** Line ends between the commands of a script that is checked. */
import { type Cursor, matches, skipBlanks } from './syntax-cursor.ts';
import { skipHeredocs } from './syntax-words.ts';

/** Goes to the next command, over heredocs that begin on the way. */
export function skipLines(cursor: Cursor): void {
  for (;;) {
    skipBlanks(cursor);
    if (!matches(cursor, '\n')) return;
    cursor.at++;
    skipHeredocs(cursor);
  }
}
