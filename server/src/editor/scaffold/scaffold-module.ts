/**
 * Adds generators or sops-nix secrets to an existing module: to their set, next to one of them, or at the end
 * of a module without any. Adds required packages to the module's arguments.
 */

import { attributeText, eolOf, indentOf, insertBelow, lineAround } from '../../edits/edits.ts';
import { expressionsAt } from '../../edits/locate.ts';
import type { TextEdit } from '../../edits/text-edit.ts';
import { bindsName, childrenOf } from '../../nix/expressions.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { AttrBinding, AttrSetExpr, Expr, LambdaExpr } from '../../nix/syntax.ts';
import type { Refused } from './scaffold.ts';
import { type TemplateBinding, usesPackages } from './scaffold-templates.ts';

export interface ModuleEdits {
  readonly edits: readonly TextEdit[];
  /** The edit that adds the generators. */
  readonly main: TextEdit;
}

/** A set of declarations in a module. */
export interface DeclaredSet {
  /** The two names at the end of its path. */
  readonly names: readonly [string, string];
  /** Its option path, for a module without such declarations. */
  readonly path: string;
  /** The noun for its members, in the plural. */
  readonly what: string;
  /** Advice for a file that cannot be edited. */
  readonly instead: string;
}

const GENERATORS: DeclaredSet = {
  names: ['vars', 'generators'],
  path: 'clan.core.vars.generators',
  what: 'generators',
  instead: 'take a file of its own',
};

/**
 * Returns the edits.
 *
 * @param bindings their names must not have holes @param isModule whether the file is known to be a module of a
 * machine
 */
export function intoModule(
  file: SourceFile,
  bindings: readonly TemplateBinding[],
  isModule: boolean,
  target = GENERATORS,
): ModuleEdits | Refused {
  const { what, instead } = target;
  const spot = findDeclared(file.root, target.names, []) ?? (isModule ? endOfModule(file.root) : null);
  if (spot === null) {
    return { refused: `It is not clear where in ${file.path} ${what} are declared: ${instead}.` };
  }
  if (spot.kind === 'computed') {
    return {
      refused: `${file.path} computes all its ${what}, so none can be added: ${instead}.`,
    };
  }
  const main = insertion(file, spot, bindings, target.path);
  if (!usesPackages(bindings)) return { edits: [main], main };
  const asked = askForPackages(file, main.start);
  if (asked === null) return { edits: [main], main };
  return 'refused' in asked ? asked : { edits: [asked, main], main };
}

type InsertionPoint =
  /** In the set of all generators. */
  | { readonly kind: 'set'; readonly set: AttrSetExpr }
  /** Next to one of them: `….vars.generators.x = …;`. */
  | { readonly kind: 'beside'; readonly binding: AttrBinding; readonly prefix: number }
  /**
   * At the end of the module's set, or of its `config`.
   *
   * @param prefix the path from there to the module's values
   */
  | { readonly kind: 'end'; readonly set: AttrSetExpr; readonly prefix: '' | 'config.' }
  | { readonly kind: 'computed' };

/**
 * Returns the first place with such declarations, or null.
 *
 * @param path the names around it
 */
function findDeclared(
  expr: Expr,
  names: DeclaredSet['names'],
  path: readonly string[],
): InsertionPoint | null {
  if (expr.kind === 'attrs') {
    for (const binding of [...expr.bindings].reverse()) {
      if (binding.kind !== 'bind') continue;
      const bindingPath = binding.path.map(name => (name.kind === 'name' ? name.name : ''));
      const whole = [...path, ...bindingPath];
      if (whole.includes('options')) continue;
      const at = whole.findIndex((name, index) => name === names[0] && whole[index + 1] === names[1]);
      const inner: InsertionPoint | null =
        at === -1
          ? findDeclared(binding.value, names, whole)
          : spotAt(binding, at + 2 - path.length, whole.length - at - 2);
      if (inner !== null) return inner;
    }
    return null;
  }
  for (const child of childrenOf(expr)) {
    const spot = findDeclared(child, names, path);
    if (spot !== null) return spot;
  }
  return null;
}

/**
 * Returns the spot of a binding, or null.
 *
 * @param prefix the number of the binding's own names that lead to the set
 * @param further the number of names after them
 */
function spotAt(binding: AttrBinding, prefix: number, further: number): InsertionPoint | null {
  if (further > 0) return prefix > 0 ? { kind: 'beside', binding, prefix } : null;
  return binding.value.kind === 'attrs' ? { kind: 'set', set: binding.value } : { kind: 'computed' };
}

/**
 * Returns the attribute set of a module inside its arguments and bindings, or its `config` if it has `config`
 * or `options`. Null if it is not certain whether it has them, or what `config` consists of.
 */
function endOfModule(root: Expr): InsertionPoint | null {
  let expr = root;
  while (expr.kind === 'lambda' || expr.kind === 'let' || expr.kind === 'with') expr = expr.body;
  if (expr.kind !== 'attrs' || expr.recursive) return null;
  let hasParts = false;
  for (const binding of expr.bindings) {
    if (binding.kind === 'inherit') {
      if (binding.names.some(name => name.kind !== 'name' || PARTS.has(name.name))) return null;
      continue;
    }
    const [first, ...further] = binding.path;
    if (first?.kind !== 'name') return null;
    if (first.name === 'config' && further.length === 0)
      return binding.value.kind === 'attrs' && !binding.value.recursive
        ? { kind: 'end', set: binding.value, prefix: '' }
        : null;
    hasParts ||= PARTS.has(first.name);
  }
  return { kind: 'end', set: expr, prefix: hasParts ? 'config.' : '' };
}

/** A module with one of these attributes has its values in `config`. */
const PARTS: ReadonlySet<string> = new Set(['config', 'options']);

function insertion(
  file: SourceFile,
  spot: Exclude<InsertionPoint, { kind: 'computed' }>,
  bindings: readonly TemplateBinding[],
  path: string,
): TextEdit {
  const prefix =
    spot.kind === 'set'
      ? ''
      : spot.kind === 'end'
        ? `${spot.prefix}${path}.`
        : `${prefixText(file, spot.binding, spot.prefix)}.`;
  const blocks = bindings.map(({ name, lines: [first = '', ...others] }) => [
    `${prefix}${attributeText(name)} = ${first}`,
    ...others,
  ]);
  const isLong = blocks.some(lines => lines.length > 1);
  if (spot.kind === 'beside')
    return insertBelow(file, spot.binding, placed(blocks, indentOf(file, spot.binding.start), isLong));
  return atEnd(file, spot.set, blocks, spot.kind === 'end' && isLong);
}

function prefixText(file: SourceFile, { path }: AttrBinding, length: number): string {
  const last = path[length - 1];
  return file.text.slice(path[0]?.start ?? 0, last?.end ?? 0);
}

function placed(blocks: readonly (readonly string[])[], indent: string, spaced: boolean): string[] {
  return blocks.flatMap(lines => [
    ...(spaced ? [''] : []),
    ...lines.map(line => (line === '' ? '' : indent + line)),
  ]);
}

/** Returns the edit that inserts blocks on their own lines before the closing brace. */
function atEnd(
  file: SourceFile,
  set: AttrSetExpr,
  blocks: readonly (readonly string[])[],
  spaced: boolean,
): TextEdit {
  const eol = eolOf(file);
  const outer = indentOf(file, set.start);
  const last = set.bindings.at(-1);
  const indent = last === undefined ? `${outer}  ` : indentOf(file, last.start);
  const line = lineAround(file, { start: set.end - 1, end: set.end });
  const closesAlone = /^\s*$/.test(file.text.slice(line.start, set.end - 1));
  const lines = placed(blocks, closesAlone ? indent : `${outer}  `, spaced && last !== undefined);
  if (closesAlone) {
    const text = lines.map(candidate => candidate + eol).join('');
    return { file: file.path, start: line.start, end: line.start, text };
  }
  const before = file.text.slice(0, set.end - 1);
  // Like nixfmt: a set that is no longer empty begins below the arguments.
  const [tail = ''] = /:[ \t]*\{[ \t]*$/.exec(before) ?? /[ \t]*$/.exec(before) ?? [];
  const opening = tail.startsWith(':') ? `:${eol}${outer}{` : '';
  return {
    file: file.path,
    start: before.length - tail.length,
    end: set.end - 1,
    text: `${opening}${lines.map(candidate => eol + candidate).join('')}${eol}${outer}`,
  };
}

/** Returns the edit that adds `pkgs` to the arguments, or null if it is there. */
function askForPackages(file: SourceFile, offset: number): TextEdit | Refused | null {
  const around = expressionsAt(file, Math.max(0, offset - 1));
  if (around.some(expr => bindsName(expr, 'pkgs'))) return null;
  const lambda = around.filter((expr): expr is LambdaExpr => expr.kind === 'lambda').at(-1);
  if (lambda === undefined) {
    const { start } = file.root;
    return { file: file.path, start, end: start, text: `{ pkgs, ... }:${eolOf(file)}` };
  }
  if (lambda.formals === null) {
    return {
      refused: `${file.path} does not name its arguments, and the generator needs \`pkgs\`: name it there.`,
    };
  }
  const { formals } = lambda;
  const last = formals.at(-1);
  if (last === undefined) {
    const start = file.text.indexOf('...', lambda.start);
    if (start !== -1 && start < lambda.body.start)
      return { file: file.path, start, end: start, text: 'pkgs, ' };
    return { refused: `${file.path} takes no arguments, and the generator needs \`pkgs\`: add it there.` };
  }
  const open = file.text.lastIndexOf('{', formals[0]?.start);
  const close = file.text.indexOf('}', last.end) + 1;
  const written = file.text.slice(open, close);
  const indent = indentOf(file, open);
  // Like nixfmt: two arguments on one line, more on separate lines.
  if (written.includes('\n') || formals.length < 2) {
    const gap = written.includes('\n') ? `${eolOf(file)}${indentOf(file, last.start)}` : ' ';
    return { file: file.path, start: last.end, end: last.end, text: `,${gap}pkgs` };
  }
  const names = [...formals.map(({ start, end }) => file.text.slice(start, end)), 'pkgs'];
  const lines = [...names.map(name => `${indent}  ${name},`), ...(lambda.ellipsis ? [`${indent}  ...`] : [])];
  const text = ['{', ...lines, `${indent}}`].join(eolOf(file));
  return { file: file.path, start: open, end: close, text };
}
