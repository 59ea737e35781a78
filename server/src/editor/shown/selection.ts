/**
 * Computes the ranges of a growing selection: in scripts the word, the command, the block; in Nix the
 * expression, the binding, the set. Pure.
 */
import { expressionsAt } from '../../edits/locate.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { Expr, Range } from '../../nix/syntax.ts';
import { scriptsIn, type WrittenScript } from '../names/scripts.ts';
import type { Snapshot } from '../snapshot.ts';

/**
 * Returns the ranges innermost first, each within the next, as 0-based UTF-16 offsets. Empty if the file does
 * not exist.
 */
export function selectionsAt(snapshot: Snapshot, file: string, offset: number): readonly Range[] {
  const source = snapshot.files.parse(file);
  if (!source) return [];
  const ranges = [{ start: 0, end: source.text.length }];
  for (const expr of expressionsAt(source, offset)) ranges.push(...partsAt(source, expr, offset));
  for (const written of scriptsIn(snapshot, file)) ranges.push(...shellRanges(written, file, offset));
  return nested(ranges, offset);
}

/**
 * Returns an expression and the parts of it that are not expressions: bindings, names, the contents of strings
 * and brackets.
 */
function partsAt(source: SourceFile, expr: Expr, offset: number): Range[] {
  const parts: Range[] = [expr];
  if (expr.kind === 'attrs' || expr.kind === 'let')
    for (const binding of expr.bindings) {
      parts.push(binding);
      if (binding.kind !== 'bind') continue;
      parts.push(...binding.path);
      const [first] = binding.path;
      const last = binding.path.at(-1);
      if (first && last) parts.push({ start: first.start, end: last.end });
    }
  if (expr.kind === 'select') parts.push(...expr.path);
  const quote = quoteOf(expr);
  const inner = { start: expr.start + quote, end: expr.end - quote };
  if (quote > 0) parts.push(inner, contentOf(source.text, inner));
  if (expr.kind === 'string') {
    const word = wordAt(source.text, offset);
    if (word && inner.start <= word.start && word.end <= inner.end) parts.push(word);
  }
  return parts;
}

function quoteOf(expr: Expr): number {
  if (expr.kind === 'list') return 1;
  if (expr.kind !== 'string') return 0;
  return expr.style === 'double' ? 1 : expr.style === 'indented' ? 2 : 0;
}

/** Trims white space from a range. */
function contentOf(text: string, { start, end }: Range): Range {
  const inside = text.slice(start, end);
  const leading = inside.length - inside.trimStart().length;
  return { start: start + leading, end: Math.max(start + leading, start + inside.trimEnd().length) };
}

function wordAt(text: string, offset: number): Range | null {
  const isWord = (at: number) => /[\w+@%=.-]/.test(text[at] ?? '');
  let start = offset;
  while (isWord(start - 1)) start--;
  let end = offset;
  while (isWord(end)) end++;
  return start === end ? null : { start, end };
}

/** Returns statements, words and their parts: all nodes of the tree around the offset. */
function shellRanges({ followed }: WrittenScript, file: string, offset: number): Range[] {
  const ranges: Range[] = [];
  const open: unknown[] = [followed.tree.body];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (typeof node !== 'object' || node === null) continue;
    if (isRange(node)) {
      const at = node.end > node.start ? followed.placeOf(node) : null;
      // The children of a node are inside its range.
      if (at?.file !== file || offset < at.start || offset > at.end) continue;
      // Literal text between two variables of a word is not worth selecting.
      const isPiece = 'kind' in node && node.kind === 'text';
      if (!isPiece) ranges.push({ start: at.start, end: at.end });
    }
    open.push(...Object.values(node));
  }
  return ranges;
}

function isRange(node: object): node is Range {
  return 'start' in node && 'end' in node && typeof node.start === 'number' && typeof node.end === 'number';
}

/** Keeps ranges around the offset, each of which contains the one before it. */
function nested(ranges: readonly Range[], offset: number): Range[] {
  const around = ranges
    .filter(({ start, end }) => start <= offset && offset <= end && start < end)
    .sort((a, b) => a.end - a.start - (b.end - b.start));
  const chain: Range[] = [];
  for (const range of around) {
    const last = chain.at(-1);
    const grows = last === undefined || (range.start <= last.start && last.end <= range.end);
    if (grows && (last?.start !== range.start || last.end !== range.end))
      chain.push({ start: range.start, end: range.end });
  }
  return chain;
}
