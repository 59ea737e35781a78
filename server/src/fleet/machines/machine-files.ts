/**
 * Finds the files that a machine's configuration starts from: the paths in its `modules`, or in its module in
 * `clan.machines`. Does not read these files.
 */

import { definitionsOf } from '../../modules/read.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import type { Lazy, Origin, Value } from '../../nix/eval/value.ts';
import { placeOf } from '../../nix/places.ts';
import type { NamedFile } from '../model/machines.ts';

/** The nesting depth up to which inline modules are searched. */
const MAX_DEPTH = 4;

/** The evaluation steps allowed for one machine. */
const STEPS = 50_000;

/** Returns a function that collects the files that are certainly imported, on first call. */
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
  // A path outside of the workspace cannot be checked.
  if (origin === null || path === '' || /^(\/|\.\.)/.test(path)) return;
  files.push({ path, at: placeOf(origin), isWritten: isLiteral(origin) });
}

function isLiteral({ file, start, end }: Origin): boolean {
  return /^[\w./+-]+$/.test(file.text.slice(start, end));
}
