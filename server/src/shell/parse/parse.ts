/** The parser for Bash. One pass yields the tree and the errors that Bash itself would report. */
import type { ScriptText, ShellTree } from '../syntax.ts';
import { pieceReader } from './pieces.ts';
import { readScript } from './read-commands.ts';

/** Limit above any script written by hand. */
const MAX_LENGTH = 200_000;

/** Remembers the pieces of long scripts that are being edited. */
const readPieces = pieceReader();

/** Parses a script. Never throws; a part that cannot be parsed is an `unreadable` statement. */
export function parseScript(script: ScriptText): ShellTree {
  const { text } = script;
  if (text.length > MAX_LENGTH)
    return { body: [{ kind: 'unreadable', start: 0, end: text.length }], errors: [], unended: [] };
  const plain = withoutHoles(script);
  const body = readPieces(script, plain);
  return body === null ? readScript(script, plain) : { body, errors: [], unended: [] };
}

/** Returns the text with each hole replaced by a name of the same length, so that offsets are preserved. */
function withoutHoles({ text, holes }: ScriptText): string {
  let plain = '';
  let at = 0;
  for (const hole of holes) {
    plain += text.slice(at, hole.start) + 'h'.repeat(hole.end - hole.start);
    at = hole.end;
  }
  return plain + text.slice(at);
}
