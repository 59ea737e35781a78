/**
 * The files that a machine's configuration begins with: what its `modules`, or its module in `clan.machines`, name by
 * path. What lies behind them is read elsewhere.
 */

import { definitionsOf } from '../../modules/read.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import type { Lazy, Origin, Value } from '../../nix/eval/value.ts';
import { placeOf } from '../../nix/places.ts';
import type { NamedFile } from '../model/machines.ts';

/** Modules in modules that are written in place. */
const MAX_DEPTH = 4;

/** Steps allowed for one machine. */
const STEPS = 50_000;

/** Looks for them when asked for the first time. Only what is certainly imported is among them. */
export function filesOfModule(cx: Evaluation, module: Lazy): () => readonly NamedFile[] {
  let files: readonly NamedFile[] | null = null;
  return () => {
    if (files === null) {
      const namedFiles: NamedFile[] = [];
      const looked = withBudget(cx, STEPS, () => collect(cx, module, 0, namedFiles));
      files = looked instanceof BudgetExceeded ? [] : namedFiles;
    }
    return files;
  };
}

function collect(cx: Evaluation, module: Lazy, depth: number, files: NamedFile[]): void {
  if (depth > MAX_DEPTH) return;
  for (const { value, conditional } of definitionsOf(cx, module)) {
    if (conditional) continue;
    if (value.kind === 'path') note(value.text, value, files);
    const imports = value.kind === 'attrs' ? value.entries.get('imports') : undefined;
    if (imports === undefined || imports.optional) continue;
    for (const definition of definitionsOf(cx, imports.value)) {
      if (definition.conditional || definition.value.kind !== 'list') continue;
      for (const item of definition.value.items)
        if (item.kind !== 'spread') collect(cx, item, depth + 1, files);
    }
  }
}

function note(path: string, { origin }: Value, files: NamedFile[]): void {
  // Outside of the workspace, there may be anything.
  if (origin === null || path === '' || /^(\/|\.\.)/.test(path)) return;
  files.push({ path, at: placeOf(origin), isWritten: isLiteral(origin) });
}

function isLiteral({ file, start, end }: Origin): boolean {
  return /^[\w./+-]+$/.test(file.text.slice(start, end));
}
