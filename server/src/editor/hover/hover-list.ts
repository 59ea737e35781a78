/** Renders the hover card of a key list shared by matrix rows, such as `sharedCore`, at its definition and its uses. */
import { counted } from '../../checks/facts/wording.ts';
import type { Matrix, MatrixRow } from '../../fleet/model/registries.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { Expr, Range } from '../../nix/syntax.ts';
import { bindingOf, type NameAt, nameAt } from '../names/lexical.ts';
import { code, plain } from '../words/markdown.ts';
import type { CardAt, HoverContext } from './hover-context.ts';
import { definedPhrase } from './hover-words.ts';

const MAX_KEYS = 30;

/**
 * Returns the card of a key list in a matrix file, by its name.
 *
 * @param offset 0-based UTF-16 offset
 */
export function sharedListCard(context: HoverContext, file: string, offset: number): CardAt | null {
  const matrices = context.snapshot.fleet.matrices.filter(matrix => matrix.file === file);
  const source = matrices.length === 0 ? null : context.snapshot.files.parse(file);
  const named = source === null ? null : nameAt(source, offset);
  if (source === null || named === null) return null;
  const value = boundTo(source, named);
  if (value === null) return null;
  for (const { rows } of matrices) {
    const markdown = listText(context, named.name, file, value, rows);
    if (markdown !== null) return { at: { file, start: named.start, end: named.end }, markdown };
  }
  return null;
}

/** Returns the card of a row without a machine, at a use in another file; null for other rows. */
export function sharedRowCard(context: HoverContext, { file, rows }: Matrix, name: string): string | null {
  const row = rows.find(({ machine, shared }) => shared && machine === name);
  const source = row === undefined ? null : context.snapshot.files.parse(file);
  const named = row === undefined || source === null ? null : nameAt(source, row.at.start);
  const value = source === null || named === null ? null : boundTo(source, named);
  return value === null ? null : listText(context, name, file, value, rows);
}

/** Returns the expression that a name refers to: the one bound here, or at its definition. */
function boundTo(source: SourceFile, { name, around, selectedFrom, bound }: NameAt): Expr | null {
  if (bound !== null) return bound;
  if (selectedFrom !== null) return null;
  const binding = bindingOf(around.length === 0 ? [source.root] : around, name);
  return binding?.kind === 'bind' ? binding.value : null;
}

/** Returns the card of a list, or null if no other rows take keys from it. */
function listText(
  context: HoverContext,
  name: string,
  file: string,
  { start, end }: Range,
  rows: readonly MatrixRow[],
): string | null {
  const isInside = (at: { readonly file: string } & Range) =>
    at.file === file && start <= at.start && at.end <= end;
  const takers = rows.filter(row => row.machine !== name && row.keys.some(({ at }) => isInside(at)));
  const written = rows.flatMap(({ keys }) => keys.filter(({ at }) => isInside(at)));
  const matrixRow = rows.find(row => row.machine === name);
  if (matrixRow !== undefined && !matrixRow.shared) return null;
  if (takers.length === 0 || written.length === 0) return null;
  const keys = [...new Map(written.map(({ key, at }) => [at.start, key] as const)).entries()]
    .sort(([a], [b]) => a - b)
    .map(([, key]) => code(key));
  const more = keys.length > MAX_KEYS ? ', …' : '';
  const names = takers.filter(({ shared }) => !shared).map(({ machine }) => plain(machine));
  return [
    `**${plain(name)}** · list that rows share`,
    [
      `- ${counted(keys.length, 'key')}: ${keys.slice(0, MAX_KEYS).join(', ')}${more}`,
      ...(names.length === 0 ? [] : [`- Rows that have it: ${names.join(', ')}`]),
    ].join('\n'),
    ...definedPhrase(context, [{ file, start, end }]),
  ].join('\n\n');
}
