/** Moves text to another place: adapts its indentation, and checks that its names are bound there. */

import { bindsName, freeNames } from '../nix/expressions.ts';
import type { SourceFile } from '../nix/source.ts';
import type { Expr, Range } from '../nix/syntax.ts';
import { expressionsAt } from './locate.ts';

/**
 * Returns the lines in a range with the indentation `from` replaced by `to` below the first line. Returns `null` if a
 * line has another indentation, as its meaning or its looks would change.
 */
export function reindented(file: SourceFile, range: Range, from: string, to: string): string[] | null {
  const [first = '', ...rest] = file.text.slice(range.start, range.end).split(/\r?\n/);
  if (rest.some(line => line.trim() !== '' && !line.startsWith(from))) return null;
  return [first, ...rest.map(line => (line.trim() === '' ? '' : to + line.slice(from.length)))];
}

const BUILTIN: ReadonlySet<string> = new Set([
  'true',
  'false',
  'null',
  'builtins',
  'toString',
  'map',
  'import',
]);

/**
 * Returns whether all free names of an expression have the same meaning at another offset. Builtins have it
 * everywhere.
 */
export function findsNames(expr: Expr, file: SourceFile, offset: number): boolean {
  const around = expressionsAt(file, offset);
  return [...freeNames(expr)].every(
    name => BUILTIN.has(name) || (PACKAGE_SETS.has(name) && around.some(outer => bindsName(outer, name))),
  );
}

/** Names that mean the same wherever they are bound. */
const PACKAGE_SETS: ReadonlySet<string> = new Set(['pkgs', 'lib']);
