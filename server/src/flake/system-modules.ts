/**
 * Answers questions about a system built by nixpkgs or nix-darwin (`nixosSystem { modules = [ … ]; }`) from its
 * arguments: its modules and its special arguments.
 */

import { certain } from '../modules/read.ts';
import type { Evaluation } from '../nix/eval/evaluation.ts';
import type { UnknownValue, Value } from '../nix/eval/value.ts';

/** Selections from a system, from the last name to the first, and the argument of the builder that each one returns. */
const PARTS: readonly (readonly [path: readonly string[], argument: string])[] = [
  [['modules', 'args', '_module'], 'modules'],
  [['specialArgs', '_module'], 'specialArgs'],
];

/** Returns the part of a system that a value selects, or `null` if the value is no such selection. */
export function partOfSystem(cx: Evaluation, value: UnknownValue): Value | null {
  for (const [path, argument] of PARTS) {
    let at: UnknownValue | null = value;
    for (const name of path)
      at = at?.term?.kind === 'select' && at.term.name.text === name ? at.term.of : null;
    if (at?.term?.kind !== 'apply') continue;
    const { fn, arg } = at.term;
    if (fn.term?.kind !== 'select' || !/^(nixos|darwin)System$/.test(fn.term.name.text ?? '')) return null;
    const system = cx.force(arg);
    const part = system.kind === 'attrs' ? certain(system, argument) : null;
    return part === null ? null : cx.force(part.value);
  }
  return null;
}
