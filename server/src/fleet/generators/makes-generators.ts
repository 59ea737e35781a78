/**
 * Determines whether a file makes generators from registry entries, by the attributes that it selects, inherits and
 * defines. The `script` of a service and occurrences in texts do not count.
 */
import { childrenOf } from '../../nix/expressions.ts';
import { type AttrName, type AttrSetExpr, type Expr, literalText } from '../../nix/syntax.ts';

/** Attributes of an entry that are used only to make a generator. */
const PARTS: ReadonlySet<string> = new Set(['script', 'runtimeInputs', 'prompts']);
/** Functions that select the generator's attributes from an entry. */
const CUTS: ReadonlySet<string> = new Set(['removeAttrs', 'intersectAttrs', 'getAttrs', 'filterAttrs']);
/** Attributes besides `script` that mark a set as a generator. */
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
      // The argument of `getAttr "script"`, or an item of `[ "files" "script" ]`.
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

/**
 * Returns whether a set inherits parts of an entry (`inherit (entry) files script;`) or has the attributes of a
 * generator.
 */
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
