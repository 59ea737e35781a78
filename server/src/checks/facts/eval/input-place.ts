/** Finds where flake.nix names an input that an error of Nix is about. */

import type { NixFailure } from '../../../fleet/model/nix-answer.ts';
import { childrenOf } from '../../../nix/expressions.ts';
import type { Place } from '../../../nix/places.ts';
import type { AttrName, Expr } from '../../../nix/syntax.ts';
import type { CheckContext } from '../../rule.ts';

/** Returns the place of the input's name, or of the text with its address; null if flake.nix has neither. */
export function inputPlace(
  { input }: Pick<NixFailure, 'input'>,
  sources: CheckContext['sources'],
): Place | null {
  const file = input === undefined ? null : sources.parse('flake.nix');
  if (file === null || input === undefined) return null;
  const found = inputNamed(file.root, input.split('/')[0] ?? input) ?? addressIn(file.root, input);
  return found === null ? null : { file: 'flake.nix', start: found.start, end: found.end };
}

/** `inputs.nixpkgs.url = …`, `inputs = { nixpkgs = …; }`. */
function inputNamed(root: Expr, input: string): AttrName | null {
  if (root.kind !== 'attrs') return null;
  for (const binding of root.bindings) {
    if (binding.kind !== 'bind' || !isNamed(binding.path[0], 'inputs')) continue;
    const [, second] = binding.path;
    if (second !== undefined && isNamed(second, input)) return second;
    if (second !== undefined || binding.value.kind !== 'attrs') continue;
    for (const inner of binding.value.bindings)
      if (inner.kind === 'bind' && isNamed(inner.path[0], input)) return inner.path[0] ?? null;
  }
  return null;
}

function isNamed(part: AttrName | undefined, name: string): boolean {
  return part?.kind === 'name' && part.name === name;
}

/** Returns the text that is the address of an input, which Nix may print with more behind it. */
function addressIn(expr: Expr, address: string): Expr | null {
  if (expr.kind === 'string') {
    const text = expr.parts.map(part => (part.kind === 'text' ? part.value : '')).join('');
    return text.includes(':') && address.startsWith(text) ? expr : null;
  }
  for (const child of childrenOf(expr)) {
    const found = addressIn(child, address);
    if (found !== null) return found;
  }
  return null;
}
