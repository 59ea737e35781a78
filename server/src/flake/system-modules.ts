/**
 * What can be said of a system that nixpkgs or nix-darwin makes (`nixosSystem { modules = [ … ]; }`) by looking at what
 * it is made of: the modules and the arguments that it was given, where they are asked for by their place in it.
 */

import { certain } from '../modules/read.ts';
import type { Evaluation } from '../nix/eval/evaluation.ts';
import type { UnknownValue, Value } from '../nix/eval/value.ts';

/** What is selected, from its end, and the attribute of the argument that it is. */
const PARTS: readonly (readonly [path: readonly string[], argument: string])[] = [
  [['modules', 'args', '_module'], 'modules'],
  [['specialArgs', '_module'], 'specialArgs'],
];

/** @returns null for anything else */
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
