/** Reads the inputs of the flake from `flake.nix`. */

import { type Place, placeIn } from '../nix/places.ts';
import type { SourceFile } from '../nix/source.ts';
import type { AttrName, AttrSetExpr, Binding, Expr } from '../nix/syntax.ts';
import { memoized } from '../std.ts';

/** Access to parsed files. */
interface Parsing {
  readonly parse: (path: string) => SourceFile | null;
}

const inputsOf = memoized((file: SourceFile) =>
  file.root.kind === 'attrs' && file.errors.length === 0 ? readInputs(file.root) : null,
);

/**
 * Returns the names of the flake's inputs, including those that only `outputs` mentions, or `null` if there is no
 * readable `flake.nix`. The list is complete, since Nix requires inputs to be literal.
 */
export function flakeInputs(files: Parsing): ReadonlySet<string> | null {
  const file = files.parse('flake.nix');
  return file === null ? null : inputsOf(file);
}

function readInputs(root: AttrSetExpr): ReadonlySet<string> | null {
  const names = new Set<string>();
  for (const binding of root.bindings) {
    const [first, second] = pathOf(binding);
    if (binding.kind === 'inherit') {
      if (pathOf(binding).some(name => name === 'inputs' || name === 'outputs')) return null;
    } else if (first === 'inputs' && second !== undefined) {
      if (second === null) return null;
      names.add(second);
    } else if (first === 'inputs') {
      if (binding.value.kind !== 'attrs') return null;
      for (const inner of binding.value.bindings)
        for (const name of inner.kind === 'bind' ? pathOf(inner).slice(0, 1) : pathOf(inner)) {
          if (name === null) return null;
          names.add(name);
        }
    } else if (first === 'outputs' && binding.value.kind === 'lambda')
      for (const formal of binding.value.formals ?? []) names.add(formal.name.name);
  }
  return names;
}

/** Returns the place where an input is declared, or `null` if it is not written out. */
export function flakeInputPlace(files: Parsing, input: string): Place | null {
  const file = files.parse('flake.nix');
  if (file?.root.kind !== 'attrs') return null;
  for (const binding of file.root.bindings) {
    if (binding.kind !== 'bind' || pathOf(binding)[0] !== 'inputs') continue;
    const [, inputName] = binding.path;
    const names = inputName !== undefined ? [inputName] : namesIn(binding.value);
    const attrName = names.find(name => name.kind === 'name' && name.name === input);
    if (attrName !== undefined) return placeIn(file, attrName);
  }
  return null;
}

function namesIn(value: Expr): AttrName[] {
  if (value.kind !== 'attrs') return [];
  return value.bindings.flatMap(inner => (inner.kind === 'bind' ? inner.path.slice(0, 1) : []));
}

/** Returns the names of a binding's path, with `null` for each computed one. */
function pathOf(binding: Binding): (string | null)[] {
  const path = binding.kind === 'bind' ? binding.path : binding.names;
  return path.map(name => (name.kind === 'name' ? name.name : null));
}
