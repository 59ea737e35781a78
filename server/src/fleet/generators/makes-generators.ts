/**
 * Does a file read more of a registry's entries than metadata, to make generators of them? Told by what it selects,
 * inherits and defines; a service's `script` and a text that says so have nothing to do with it.
 */
import { childrenOf } from '../../nix/expressions.ts';
import { type AttrName, type AttrSetExpr, type Expr, literalText } from '../../nix/syntax.ts';

/** What makes a generator of an entry. */
const PARTS: ReadonlySet<string> = new Set(['script', 'runtimeInputs', 'prompts']);
/** Functions that make a generator of an entry by leaving out the rest. */
const CUTS: ReadonlySet<string> = new Set(['removeAttrs', 'intersectAttrs', 'getAttrs', 'filterAttrs']);
/** What stands beside a script in a generator, and in nothing else that has one. */
const BESIDE: ReadonlySet<string> = new Set(['files', 'runtimeInputs', 'prompts']);

export function makesGenerators(root: Expr): boolean {
  const pending: Expr[] = [root];
  for (let expr = pending.pop(); expr !== undefined; expr = pending.pop()) {
    if (isReading(expr)) return true;
    pending.push(...childrenOf(expr));
  }
  return false;
}

function isReading(expr: Expr): boolean {
  switch (expr.kind) {
    case 'variable':
      return CUTS.has(expr.name);
    case 'select':
    case 'has-attr':
      return expr.path.some(name => isPart(name) || (name.kind === 'name' && CUTS.has(name.name)));
    case 'string':
      // `getAttr "script"`, `[ "files" "script" ]`
      return PARTS.has(literalText(expr.parts) ?? '');
    case 'let':
      return expr.bindings.some(
        binding => binding.kind === 'inherit' && binding.from !== null && binding.names.some(isPart),
      );
    case 'attrs':
      return isGenerator(expr);
    default:
      return false;
  }
}

/** `inherit (entry) files script;`, or a set of what a generator consists of. */
function isGenerator({ bindings }: AttrSetExpr): boolean {
  const names = bindings.flatMap(binding =>
    binding.kind === 'inherit' ? binding.names : binding.path.length === 1 ? binding.path : [],
  );
  if (bindings.some(binding => binding.kind === 'inherit' && binding.names.some(isPart))) return true;
  return names.some(isPart) && names.some(name => name.kind === 'name' && BESIDE.has(name.name));
}

function isPart(name: AttrName): boolean {
  return name.kind === 'name' && PARTS.has(name.name);
}
