/**
 * Finds what the workspace's flake defines under a name (`self.nixosModules.web`, `config.flake.modules.nixos.base`),
 * as far as its files write it out. Files of flake-parts each add to `flake`; a plain flake returns all of its
 * outputs at once.
 */

import { type ArgumentLookup, inputs, moduleArguments, unknownArgument } from '../modules/modules.ts';
import { definitionsOf } from '../modules/read.ts';
import { namesOf } from '../modules/recognise.ts';
import { type Evaluation, withBudget } from '../nix/eval/evaluation.ts';
import { fileScope } from '../nix/eval/scopes.ts';
import type { AttrsValue, Lazy, Origin } from '../nix/eval/value.ts';
import { type WalkedBinding, walk } from '../nix/eval/walk.ts';
import type { SourceFile } from '../nix/source.ts';
import { sortedUnique } from '../std.ts';

const MAY_ADD = /\bflake\b|\boutputs\b/g;

/** Evaluation steps allowed for the walk over a file, and for each selection. */
const STEPS = 200_000;

export function mayAddOutputs(text: string): boolean {
  return text.search(MAY_ADD) >= 0;
}

/** Returns the sets that a file adds to the flake's outputs. */
export function readOutputs(cx: Evaluation, file: SourceFile, lookup: ArgumentLookup): Lazy[] {
  const outputs: Lazy[] = [];
  const words = [...file.text.matchAll(MAY_ADD)].map(match => match.index);

  function binding({ state, value, isLet }: WalkedBinding): void {
    if (isLet || state.path === null) return;
    const path = namesOf(state.path).join('.');
    // Arguments of a function such as `mkFlake` appear below `outputs` as well.
    const isOutputs = file.path === 'flake.nix' && /^outputs(\.flake)?$/.test(path);
    if (isOutputs || path === 'flake' || path === 'config.flake') outputs.push(value());
  }

  withBudget(cx, STEPS, () =>
    walk(
      cx,
      file.root,
      { scope: fileScope(cx, file), path: null, conditional: false },
      {
        enter: expr => words.some(word => expr.start <= word && word < expr.end),
        binding,
        parameter: (name, lambda) =>
          (lambda.formals === null ? null : lookup(name)) ?? unknownArgument(name, file.path, lambda.start),
      },
    ),
  );
  return outputs;
}

/** An output and the place of its name. */
export interface Output {
  readonly value: Lazy;
  readonly at: Origin;
}

/** Returns what a file's outputs have at a path, or nothing if that is unknown. */
export function outputsAt(
  cx: Evaluation,
  outputs: readonly Lazy[],
  path: readonly string[],
  lookup: ArgumentLookup,
): Output[] {
  const list: Output[] = [];
  visitOutputs(cx, outputs, path, lookup, (value, at) => {
    if (at !== null) list.push({ value, at });
  });
  return list;
}

/** Returns the names that a file's outputs have below a path; elsewhere below it, `outputsAt` has nothing. */
export function outputNamesAt(
  cx: Evaluation,
  outputs: readonly Lazy[],
  path: readonly string[],
  lookup: ArgumentLookup,
): string[] {
  const names: string[] = [];
  visitOutputs(cx, outputs, path, lookup, value => {
    for (const set of setsOf(cx, value, path.length, lookup)) names.push(...set.entries.keys());
  });
  return sortedUnique(names);
}

function visitOutputs(
  cx: Evaluation,
  outputs: readonly Lazy[],
  path: readonly string[],
  lookup: ArgumentLookup,
  reached: (value: Lazy, at: Origin | null) => void,
): void {
  function visit(lazy: Lazy, depth: number, at: Origin | null): void {
    const name = path[depth];
    if (name === undefined) {
      reached(lazy, at);
      return;
    }
    for (const { entries } of setsOf(cx, lazy, depth, lookup)) {
      const entry = entries.get(name);
      if (entry !== undefined && !entry.optional) visit(entry.value, depth + 1, entry.at);
    }
  }

  for (const output of outputs) withBudget(cx, STEPS, () => visit(cx.force(output), 0, null));
}

/** Returns the sets that a value defines; at the beginning of a path it may also be a function of the flake's arguments. */
function* setsOf(cx: Evaluation, lazy: Lazy, depth: number, lookup: ArgumentLookup): Iterable<AttrsValue> {
  for (const { value } of definitionsOf(cx, lazy)) {
    const applied =
      depth === 0 && value.kind === 'lambda'
        ? cx.apply(value, { ...moduleArguments(value, lookup), open: inputs.open }, null)
        : value;
    const set = cx.resolve(applied);
    if (set.kind === 'attrs') yield set;
  }
}
