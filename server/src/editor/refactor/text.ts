/** Text that moves from one place to another: its indentation, and the names that it must find there. */
import { bindsName, childrenOf, expressionsAt } from '../../checks/locate.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { Expr, Range } from '../../nix/syntax.ts';

/**
 * The lines of what stands in a range, those below the first with `to` for the `from` that they begin with.
 * Null where one does not begin with it: then it would mean something else, or look like it.
 */
export function reindented(file: SourceFile, range: Range, from: string, to: string): string[] | null {
  const [first = '', ...rest] = file.text.slice(range.start, range.end).split(/\r?\n/);
  if (rest.some(line => line.trim() !== '' && !line.startsWith(from))) return null;
  return [first, ...rest.map(line => (line.trim() === '' ? '' : to + line.slice(from.length)))];
}

/** Names that an expression takes from around it; those that a `with` may give it are among them. */
function freeNames(expr: Expr): ReadonlySet<string> {
  const free = new Set<string>();
  const visit = (at: Expr, bound: (name: string) => boolean) => {
    if (at.kind === 'variable' && !bound(at.name)) free.add(at.name);
    if (at.kind === 'attrs' || at.kind === 'let')
      for (const binding of at.bindings)
        if (binding.kind === 'inherit' && binding.from === null)
          for (const name of binding.names)
            if (name.kind === 'name' && !bound(name.name)) free.add(name.name);
    const inner = (name: string) => bound(name) || bindsName(at, name);
    for (const child of childrenOf(at)) visit(child, inner);
  };
  visit(expr, () => false);
  return free;
}

const BUILTIN: ReadonlySet<string> = new Set([
  'true',
  'false',
  'null',
  'builtins',
  'toString',
  'map',
  'import',
]);

/** Does everything that an expression needs have the same name at another offset? Builtins have it everywhere. */
export function findsNames(expr: Expr, file: SourceFile, offset: number): boolean {
  const around = expressionsAt(file, offset);
  return [...freeNames(expr)].every(
    name => BUILTIN.has(name) || (PACKAGE_SETS.has(name) && around.some(one => bindsName(one, name))),
  );
}

/** Names that mean the same wherever they are bound. */
const PACKAGE_SETS: ReadonlySet<string> = new Set(['pkgs', 'lib']);

/** Is there a `with` in it? Then it cannot be told where its names come from. */
export function hasWith(expr: Expr): boolean {
  return expr.kind === 'with' || childrenOf(expr).some(hasWith);
}
