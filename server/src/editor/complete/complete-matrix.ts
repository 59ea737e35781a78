/**
 * Completion in a machine matrix: machines without a row, and registry keys, with those already in the row
 * last.
 */
import { attributeText } from '../../edits/edits.ts';
import type { Matrix } from '../../fleet/model/registries.ts';
import { keyItems } from './complete-keys.ts';
import { type Asked, type CompletionItem, item } from './completion-items.ts';

export function matrixItems(asked: Asked): readonly CompletionItem[] | null {
  const { cursor, file, snapshot } = asked;
  const matrix = snapshot.fleet.matrices.find(candidate => candidate.file === file);
  const frame = cursor.frames.at(-1);
  if (matrix === undefined || frame === undefined) return null;
  if (isRowName(asked, matrix)) return machineItems(asked, matrix);
  if (matrix.registry === null || (frame.kind !== 'string' && frame.kind !== 'list')) return null;
  const taken = keysOfRow(asked, matrix);
  return keyItems(asked, matrix.registry, frame.kind === 'list').map(keyItem =>
    taken.has(keyItem.label) ? { ...keyItem, rank: 9, detail: 'in the row already' } : keyItem,
  );
}

/** Returns whether the cursor is at a name directly in the set of rows. */
function isRowName({ cursor, text }: Asked, { at }: Matrix): boolean {
  const frame = cursor.frames.at(cursor.quotedIn === null ? -1 : -2);
  const isName = cursor.quotedIn !== null ? cursor.quotedIn.length === 0 : cursor.side === 'name';
  if (frame?.kind !== 'set' || !isName || (cursor.quotedIn === null && cursor.before.length > 0))
    return false;
  return /^(?:rec\s*)?\{$/.test(text.slice(at.start, frame.start));
}

function machineItems({ cursor, snapshot }: Asked, { rows }: Matrix): CompletionItem[] {
  const named = new Set(rows.filter(row => !row.shared).map(({ machine }) => machine));
  const isQuoted = cursor.quotedIn !== null;
  return snapshot.fleet.machines
    .filter(({ name }) => !named.has(name) && !cursor.siblings.includes(name))
    .map(({ name }) =>
      item(name, 'machine', 'has no row yet', {
        insert: isQuoted ? name : `${attributeText(name)} = [ $0 ];`,
        snippet: !isQuoted,
        subject: { kind: 'machine', machine: name },
      }),
    );
}

/** Returns the keys of the row around the cursor, except the one being written. */
function keysOfRow({ cursor, file, start }: Asked, { rows }: Matrix): ReadonlySet<string> {
  const row = rows.find(({ machine }) => machine === cursor.path[0]);
  const others = (row?.keys ?? []).filter(({ at }) => at.file !== file || start < at.start || at.end < start);
  return new Set(others.map(({ key }) => key));
}
