/**
 * Adds a key for machines to a matrix: to the literal list of a row, after the expression it is built from, or
 * in a new row. Works on syntax; reports a row that cannot be edited.
 */

import {
  appendListItem,
  attributeText,
  eolOf,
  indentOf,
  insertBelow,
  stringText,
} from '../../edits/edits.ts';
import { bindingNamedAt, expressionsAt, lastLiteralList } from '../../edits/locate.ts';
import type { TextEdit } from '../../edits/text-edit.ts';
import type { Matrix, MatrixRow } from '../../fleet/model/registries.ts';
import type { SourceFile } from '../../nix/source.ts';
import {
  type AttrBinding,
  type AttrSetExpr,
  type Expr,
  type ListExpr,
  literalText,
} from '../../nix/syntax.ts';

/** Returns the edit, null if the row already has the key, or a sentence that says why it cannot be added. */
export function keyForMachine(
  file: SourceFile,
  matrix: Matrix,
  machine: string,
  key: string,
): TextEdit | string | null {
  const row = matrix.rows.find(matrixRow => matrixRow.machine === machine && !matrixRow.shared);
  if (row === undefined) return newRow(file, matrix, machine, key);
  if (row.keys.some(listed => listed.key === key)) return null;
  const refused = `The row of ${machine} in ${matrix.file} is not a list that Varsmith can extend: add "${key}" there by hand.`;
  const binding = bindingOf(file, row);
  if (binding === null) return refused;
  return intoRow(file, binding.value, key) ?? refused;
}

function bindingOf(file: SourceFile, { at }: MatrixRow): AttrBinding | null {
  if (at.file !== file.path) return null;
  const binding = bindingNamedAt(file, at);
  return binding !== null && binding.binding.path.length === 1 ? binding.binding : null;
}

function intoRow(file: SourceFile, value: Expr, key: string): TextEdit | null {
  const list = lastLiteralList(value);
  if (list !== null) return intoList(file, list, key);
  // A list's name, or a call that returns one, binds more tightly than `++`.
  if (!['variable', 'select', 'apply', 'binary'].includes(value.kind)) return null;
  if (value.kind === 'binary' && value.operator !== '++') return null;
  return { file: file.path, start: value.end, end: value.end, text: ` ++ [ ${stringText(key)} ]` };
}

/**
 * Inserts a key in order if the list is sorted, otherwise at the end. Null for a list of anything but strings.
 */
function intoList(file: SourceFile, list: ListExpr, key: string): TextEdit | null {
  const texts = list.items.map(item => (item.kind === 'string' ? literalText(item.parts) : null));
  if (texts.some(text => text === null)) return null;
  const names = texts as string[];
  const sorted =
    names.length > 1 && names.every((name, index) => index === 0 || (names[index - 1] ?? '') < name);
  const index = sorted ? names.findIndex(name => name > key) : -1;
  const next = list.items[index];
  if (index === -1 || next === undefined) return appendListItem(file, list, stringText(key));
  const before = file.text.slice(list.items[index - 1]?.end ?? list.start + 1, next.start);
  const gap = /\n/.test(before) ? `${eolOf(file)}${indentOf(file, next.start)}` : ' ';
  return { file: file.path, start: next.start, end: next.start, text: `${stringText(key)}${gap}` };
}

/** Adds a new row, in order if the rows are sorted. */
function newRow(file: SourceFile, matrix: Matrix, machine: string, key: string): TextEdit | string {
  const refused = `${matrix.file} has no row "${machine}", and its rows are not written out: add one by hand.`;
  const set = rowsIn(file, matrix);
  if (set === null) return refused;
  const row = `${attributeText(machine)} = [ ${stringText(key)} ];`;
  const written = matrix.rows
    .flatMap(matrixRow => {
      const binding =
        matrixRow.at.file === file.path ? bindingNamedAt(file, matrixRow.at)?.binding : undefined;
      return binding && set.bindings.includes(binding) ? [{ name: matrixRow.machine, binding }] : [];
    })
    .sort((a, b) => a.binding.start - b.binding.start);
  const last = written.at(-1);
  if (last === undefined) return refused;
  const sorted = written.every(({ name }, index) => index === 0 || (written[index - 1]?.name ?? '') < name);
  const above = sorted ? written.filter(({ name }) => name < machine).at(-1) : last;
  const spaced = written.some(({ binding }, index) => {
    const next = written[index + 1];
    return next !== undefined && /\n\s*\n/.test(file.text.slice(binding.end, next.binding.start));
  });
  if (above === undefined) return aboveFirst(file, written[0]?.binding ?? last.binding, row, spaced);
  const line = `${indentOf(file, above.binding.start)}${row}`;
  return insertBelow(file, above.binding, spaced ? ['', line] : [line]);
}

function aboveFirst(file: SourceFile, first: AttrBinding, row: string, spaced: boolean): TextEdit {
  const eol = eolOf(file);
  const gap = `${spaced ? eol : ''}${eol}${indentOf(file, first.start)}`;
  return { file: file.path, start: first.start, end: first.start, text: `${row}${gap}` };
}

/** Returns the set that contains the rows, if it is the matrix itself. */
function rowsIn(file: SourceFile, { at }: Matrix): AttrSetExpr | null {
  if (at.file !== file.path) return null;
  const expression = expressionsAt(file, at.start).find(
    expr => expr.kind === 'attrs' && expr.start === at.start && expr.end === at.end,
  );
  return expression?.kind === 'attrs' ? expression : null;
}
