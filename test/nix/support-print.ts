/** Prints typed trees as s-expressions, for tests that read like documentation. */
import {
  type AttrName,
  type Binding,
  type Expr,
  type StringPart,
  sourceOffset,
} from '../../server/src/nix/syntax.ts';

/** `(apply f x)`: a whole expression on one line. */
export function printExpr(expr: Expr): string {
  switch (expr.kind) {
    case 'int':
      return String(expr.value);
    case 'float':
      return `(float ${expr.value})`;
    case 'string':
      return `${expr.style === 'double' ? '' : `${expr.style}:`}${printParts(expr.parts)}`;
    case 'path':
      return `(path ${printParts(expr.parts)})`;
    case 'search-path':
      return `(search ${expr.name})`;
    case 'variable':
      return expr.name;
    case 'list':
      return `[${expr.items.map(printExpr).join(' ')}]`;
    case 'attrs':
      return `${expr.recursive ? 'rec ' : ''}{${expr.bindings.map(printBinding).join(' ')}}`;
    case 'let':
      return `(let {${expr.bindings.map(printBinding).join(' ')}} ${printExpr(expr.body)})`;
    case 'lambda': {
      const formals = expr.formals?.map(formal =>
        formal.fallback ? `${formal.name.name}?${printExpr(formal.fallback)}` : formal.name.name,
      );
      if (expr.ellipsis) formals?.push('...');
      const set = formals ? `{${formals.join(' ')}}` : '';
      const name = expr.name?.name ?? '';
      return `(fn ${name}${name && set ? '@' : ''}${set} ${printExpr(expr.body)})`;
    }
    case 'apply':
      return `(${printExpr(expr.fn)} ${printExpr(expr.arg)})`;
    case 'select': {
      const fallback = expr.fallback ? ` or ${printExpr(expr.fallback)}` : '';
      return `(select ${printExpr(expr.target)} ${printPath(expr.path)}${fallback})`;
    }
    case 'has-attr':
      return `(has ${printExpr(expr.target)} ${printPath(expr.path)})`;
    case 'with':
      return `(with ${printExpr(expr.scope)} ${printExpr(expr.body)})`;
    case 'if':
      return `(if ${printExpr(expr.condition)} ${printExpr(expr.then)} ${printExpr(expr.otherwise)})`;
    case 'assert':
      return `(assert ${printExpr(expr.condition)} ${printExpr(expr.body)})`;
    case 'unary':
      return `(${expr.operator} ${printExpr(expr.operand)})`;
    case 'binary':
      return `(${expr.operator} ${printExpr(expr.left)} ${printExpr(expr.right)})`;
    case 'error':
      return '<error>';
  }
}

/** `a."b".${c}` as it would be written. */
export function printPath(path: readonly AttrName[]): string {
  return path
    .map(name => {
      if (name.kind === 'dynamic') return `\${${printExpr(name.expr)}}`;
      return name.quoted ? JSON.stringify(name.name) : name.name;
    })
    .join('.');
}

export function printBinding(binding: Binding): string {
  if (binding.kind === 'bind') return `${printPath(binding.path)}=${printExpr(binding.value)};`;
  const from = binding.from ? ` (${printExpr(binding.from)})` : '';
  const names = binding.names.map(name => ` ${printPath([name])}`).join('');
  return `inherit${from}${names};`;
}

/** JSON text with holes as `${…}`. */
export function printParts(parts: readonly StringPart[]): string {
  const inner = parts.map(part =>
    part.kind === 'text' ? JSON.stringify(part.value).slice(1, -1) : `\${${printExpr(part.expr)}}`,
  );
  return `"${inner.join('')}"`;
}

/** Where each character of a string's value lies in the source, with the value: `a@1 \n@2 b@4`. */
export function printOffsets(parts: readonly StringPart[]): string {
  const found: string[] = [];
  for (const part of parts) {
    if (part.kind === 'hole') found.push(`\${}@${part.start}`);
    else {
      for (let index = 0; index < part.value.length; index++) {
        const character = JSON.stringify(part.value.charAt(index)).slice(1, -1);
        found.push(`${character}@${sourceOffset(part, index)}`);
      }
    }
  }
  return found.join(' ');
}
