/**
 * The parser of Bash: text in, plain tree out, at once. One reading gives the tree and what Bash itself rejects.
 */
import type { ScriptText, ShellTree } from '../syntax.ts';
import { pieceReader } from './pieces.ts';
import { readScript } from './read-commands.ts';

/** No script that people wrote is this long. */
const MAX_LENGTH = 200_000;

/** Remembers the pieces of long scripts that are typed in. */
const readPieces = pieceReader();

/** Parses a script. Never throws; what could not be read is an `unreadable` statement. */
export function parseScript(script: ScriptText): ShellTree {
  const { text } = script;
  if (text.length > MAX_LENGTH)
    return { body: [{ kind: 'unreadable', start: 0, end: text.length }], errors: [], unended: [] };
  const plain = withoutHoles(script);
  const body = readPieces(script, plain);
  return body === null ? readScript(script, plain) : { body, errors: [], unended: [] };
}

/** Returns the text with a name of the same length in the place of each hole, so that offsets stay. */
function withoutHoles({ text, holes }: ScriptText): string {
  let plain = '';
  let at = 0;
  for (const hole of holes) {
    plain += text.slice(at, hole.start) + 'h'.repeat(hole.end - hole.start);
    at = hole.end;
  }
  return plain + text.slice(at);
}
