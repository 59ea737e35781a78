/** Completes path literals: `./modules/ssh.nix` in `imports`, after `import`, for `readFile`, wherever Nix takes a path. */
import { folderOf, joinPath } from '../../nix/eval/paths.ts';
import { compareTexts } from '../../std.ts';
import { type Asked, type CompletionItem, item } from './completion-items.ts';

export interface PathItems {
  /** The offset of the name that is being typed, behind the last slash. */
  readonly start: number;
  readonly items: readonly CompletionItem[];
}

/** Matches the folder of a path literal at the end of a text, and what is typed of the name in it. */
const PATH = /(?:^|[\s[(=,:+])((?:\.{1,2}\/)(?:[\w.+-]+\/)*)([\w.+-]*)$/;
/** Matches a name that a path literal can have. */
const NAME = /^[\w.+-]+$/;
/** A longer path is not typed by hand. */
const MAX_LENGTH = 500;

/** Returns what lies in the folder that a path at the cursor leads to; null if there is no such path. */
export function pathItems(asked: Asked, offset: number): PathItems | null {
  const { cursor, file, snapshot, text } = asked;
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const line = text.slice(Math.max(lineStart, offset - MAX_LENGTH), offset);
  if (cursor.side !== 'value' && cursor.frames.at(-1)?.kind === 'set') return null;
  if (cursor.frames.at(-1)?.kind === 'string' || isInComment(line)) return null;
  const match = PATH.exec(line);
  if (match === null) return null;
  const [, written = '', begun = ''] = match;
  const folder = joinPath(folderOf(file), written);
  const entries = folder === null ? null : snapshot.files.list(folder);
  if (entries === null) return null;
  const below = folder === '' ? '' : `${folder}/`;
  const items = entries
    .filter(({ name }) => NAME.test(name) && !name.startsWith('.') && below + name !== file)
    .sort((left, right) => compareTexts(left.name, right.name))
    .map(({ name, kind }) => {
      if (kind === 'directory') return item(name, 'folder', 'folder', { rank: 1 });
      return item(name, 'path', '', { rank: name.endsWith('.nix') ? 0 : 2 });
    });
  return { start: offset - begun.length, items };
}

/** Returns whether a line is a comment where it ends; a `#` within a word begins none. */
function isInComment(line: string): boolean {
  return /(?:^|\s)#/.test(line);
}
