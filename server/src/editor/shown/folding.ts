/**
 * Computes the folding ranges of a file: sets, lists, strings (including scripts) and comments of several
 * lines. Editors that use them compute none themselves, so these must be complete.
 */
import { childrenOf } from '../../nix/expressions.ts';
import { positionAt, type SourceFile } from '../../nix/source.ts';
import type { Expr, Range } from '../../nix/syntax.ts';

export interface Folding {
  /** 0-based lines, both inclusive. */
  readonly startLine: number;
  readonly endLine: number;
  readonly kind: 'comment' | 'region';
}

export function foldings(source: SourceFile): readonly Folding[] {
  const byLine = new Map<number, Folding>();
  const add = (range: Range, kind: Folding['kind'], keepLast: boolean) => {
    const startLine = positionAt(source.lineStarts, range.start).line;
    const last = positionAt(source.lineStarts, Math.max(range.start, range.end - 1)).line;
    const endLine = keepLast ? last - 1 : last;
    const before = byLine.get(startLine);
    if (endLine > startLine && (before === undefined || before.endLine < endLine))
      byLine.set(startLine, { startLine, endLine, kind });
  };
  const open: Expr[] = [source.root];
  for (let expr = open.pop(); expr !== undefined; expr = open.pop()) {
    if (expr.kind === 'attrs' || expr.kind === 'list' || expr.kind === 'string') add(expr, 'region', true);
    open.push(...childrenOf(expr));
  }
  for (const run of commentRuns(source)) add(run, 'comment', false);
  return [...byLine.values()].sort((a, b) => a.startLine - b.startLine);
}

/** Merges comments on consecutive lines. */
function commentRuns({ comments, lineStarts }: SourceFile): Range[] {
  const runs: { start: number; end: number }[] = [];
  let lastLine = -2;
  for (const { start, end } of comments) {
    const { line } = positionAt(lineStarts, start);
    const run = runs.at(-1);
    if (run !== undefined && line === lastLine + 1) run.end = end;
    else runs.push({ start, end });
    lastLine = positionAt(lineStarts, end).line;
  }
  return runs;
}
