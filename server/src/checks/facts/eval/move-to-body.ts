/**
 * The fix that moves generators from a module's `imports` into its body, using a `let` for the value. Works on
 * syntax and gives up wherever the result might mean something else.
 */

import { eolOf, indentOf, lineAround } from '../../../edits/edits.ts';
import { expressionsAt, listWithItem } from '../../../edits/locate.ts';
import type { Sources, TextEdit } from '../../../edits/text-edit.ts';
import type { AppliedImport, WrittenCall } from '../../../fleet/model/uses.ts';
import { quoted, withoutComments } from '../../../modules/recognise.ts';
import { groupOf } from '../../../nix/bindings.ts';
import { withParentheses } from '../../../nix/places.ts';
import type { SourceFile } from '../../../nix/source.ts';
import type { AttrBinding, AttrSetExpr, LetExpr, ListExpr, Range } from '../../../nix/syntax.ts';
import type { Fix } from '../../rule.ts';

const OPTION = ['clan', 'core', 'vars', 'generators'];
const NAMES = ['varsGenerators', 'importedGenerators'];

/** The parts of a module that the fix edits. */
interface ModuleSyntax {
  readonly body: AttrSetExpr;
  readonly imports: AttrBinding;
  /** The `let` directly around the body, or null. */
  readonly around: LetExpr | null;
}

/**
 * Returns the fix, or null if the applied function does not itself return the generators or the module has an
 * unsupported form.
 */
export function moveToBody(sources: Sources, applied: AppliedImport): Fix | null {
  const { call } = applied;
  const file = sources.parse(applied.imports.file);
  if (file === null || call === null) return null;
  const module = readModule(file, applied.imports);
  if (module === null || isAssigned(module.body)) return null;
  const edits = contains(applied.imports, call.at)
    ? fromItem(file, module, call, applied.item)
    : applied.item === null
      ? fromBoundList(file, module, call)
      : fromBoundModule(file, module, call, applied.item);
  if (edits === null) return null;
  return { title: 'Assign clan.core.vars.generators in the body of the module', edits, preferred: true };
}

/** Returns the edits for a call written directly in the `imports` list. */
function fromItem(
  file: SourceFile,
  module: ModuleSyntax,
  call: WrittenCall,
  item: Range | null,
): TextEdit[] | null {
  const removal = item === null ? null : removeItem(file, module.imports, item);
  return removal === null ? null : bindAndAssign(file, module, call, removal);
}

/**
 * Returns the edits for a name in the list that is bound to the call. The binding stays, because the assignment
 * uses it.
 */
function fromBoundModule(
  file: SourceFile,
  module: ModuleSyntax,
  call: WrittenCall,
  item: Range,
): TextEdit[] | null {
  const name = file.text.slice(item.start, item.end).replace(/^[(\s]+|[)\s]+$/g, '');
  const removal = removeItem(file, module.imports, item);
  if (removal === null || timesNamed(file, name) !== 2) return null;
  const text = importText(file, call, indentOf(file, call.at.start));
  return [
    { file: file.path, start: call.at.start, end: call.at.end, text },
    ...assign(file, module, name, removal),
  ];
}

/** Returns the edits for a call in a list that is bound to a name and used as `imports`. */
function fromBoundList(file: SourceFile, module: ModuleSyntax, call: WrittenCall): TextEdit[] | null {
  const inList = listWithItem(file, call.at);
  const { value } = module.imports;
  const binding = module.around?.bindings.find(
    candidate => candidate.kind === 'bind' && candidate.value === inList?.list,
  );
  if (inList === null || binding?.kind !== 'bind' || value.kind !== 'variable') return null;
  if (!isName(binding, value.name) || timesNamed(file, value.name) !== 2) return null;
  const removal = removeFrom(file, inList.list, withParentheses(file.text, call.at));
  return bindAndAssign(file, module, call, removal);
}

function bindAndAssign(
  file: SourceFile,
  module: ModuleSyntax,
  call: WrittenCall,
  removal: TextEdit,
): TextEdit[] | null {
  const name = NAMES.find(candidate => !isBound(module.around, candidate));
  if (name === undefined) return null;
  const value = importText(file, call, `${indentOf(file, module.body.start)}  `);
  return [bind(file, module, name, value), ...assign(file, module, name, removal)];
}

/** Counts the occurrences of a name in a file, in any role. */
function timesNamed(file: SourceFile, name: string): number {
  return [...withoutComments(file).matchAll(new RegExp(`(?<![\\w'-])${quoted(name)}(?![\\w'-])`, 'g'))]
    .length;
}

function readModule(file: SourceFile, at: Range): ModuleSyntax | null {
  const path = expressionsAt(file, at.start);
  for (const [index, body] of path.entries()) {
    if (body.kind !== 'attrs') continue;
    const imports = body.bindings.find(
      binding => binding.kind === 'bind' && isName(binding, 'imports') && contains(binding.value, at),
    );
    if (imports?.kind !== 'bind') continue;
    const outer = path[index - 1];
    return { body, imports, around: outer?.kind === 'let' && outer.body === body ? outer : null };
  }
  return null;
}

function isName(binding: AttrBinding, name: string): boolean {
  const first = binding.path[0];
  return binding.path.length === 1 && first?.kind === 'name' && first.name === name;
}

function contains(outer: Range, inner: Range): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** Returns whether the option is already set, or set in a way that another binding would conflict with. */
function isAssigned(body: AttrSetExpr): boolean {
  let group = groupOf(body.bindings, body.recursive, body);
  for (const name of OPTION) {
    if (group.recursive || group.dynamics.length > 0) return true;
    const member = group.members.get(name);
    if (member === undefined) return group.members.has('config');
    if (name === 'generators') return true;
    if (member.group !== null) group = member.group;
    else if (member.expr?.kind === 'attrs') {
      group = groupOf(member.expr.bindings, member.expr.recursive, member.expr);
    } else return true;
  }
  return true;
}

function isBound(around: LetExpr | null, name: string): boolean {
  return around !== null && groupOf(around.bindings, true, around).members.has(name);
}

/** Removes the item, or all of `imports` if it contains nothing else. */
function removeItem(file: SourceFile, imports: AttrBinding, item: Range): TextEdit | null {
  const expr = expressionsAt(file, item.start).findLast(
    expression => expression.kind === 'list' && contains(expression, item),
  );
  if (expr?.kind !== 'list') return null;
  const inside = file.comments.some(comment => expr.start < comment.start && comment.end < expr.end);
  const isOnly = expr === imports.value && expr.items.length === 1 && !inside;
  if (!isOnly) return removeFrom(file, expr, item);
  return { file: file.path, start: imports.start, end: imports.end, text: '' };
}

/**
 * Removes an item from a list: its whole lines if it is alone on them, otherwise the item and the blanks before
 * it.
 */
function removeFrom(file: SourceFile, list: ListExpr, item: Range): TextEdit {
  const alone = removeLines(file, item);
  if (alone !== null) return alone;
  let { start } = item;
  while (start - 1 > list.start && /[ \t]/.test(file.text.charAt(start - 1))) start--;
  return { file: file.path, start, end: item.end, text: '' };
}

/** Returns the edit that removes an item's whole lines, or null if it shares them. */
function removeLines(file: SourceFile, item: Range): TextEdit | null {
  const first = lineAround(file, item);
  const last = lineAround(file, { start: item.end - 1, end: item.end });
  const before = file.text.slice(first.start, item.start);
  const after = file.text.slice(item.end, last.contentEnd);
  if (before.trim() !== '' || after.trim() !== '') return null;
  return { file: file.path, start: first.start, end: last.end, text: '' };
}

/** Returns `import <path> <arguments>`, re-indented from the call's indentation to another. */
function importText(file: SourceFile, { at, path, args, lacks }: WrittenCall, indent: string): string {
  const old = indentOf(file, at.start);
  const eol = eolOf(file);
  const written = (range: Range) => file.text.slice(range.start, range.end);
  const newArgs = lacks === null ? written(args) : withArgument(written(args), lacks, eol);
  return `import ${written(path)} ${newArgs}`
    .split(/\r?\n/)
    .map((line, index) => (index > 0 && line.startsWith(old) ? `${indent}${line.slice(old.length)}` : line))
    .join(eol);
}

/** Adds an argument to an attribute set, where the argument is in scope under its name. */
function withArgument(args: string, name: string, eol: string): string {
  const inner = args.slice(0, -1).trimEnd();
  const behind = args.slice(inner.length, -1);
  if (!/\n/.test(args)) return `${inner} inherit ${name}; }`;
  const indent = /\n([ \t]*)[^\n]*$/.exec(inner)?.[1] ?? '';
  return `${inner}${eol}${indent}inherit ${name};${behind === '' ? ' ' : behind}}`;
}

function bind(file: SourceFile, { around, body }: ModuleSyntax, name: string, value: string): TextEdit {
  const eol = eolOf(file);
  const last = around?.bindings[around.bindings.length - 1];
  const indent = indentOf(file, body.start);
  if (last === undefined) {
    const text = `let${eol}${indent}  ${name} = ${value};${eol}${indent}in${eol}${indent}`;
    return { file: file.path, start: body.start, end: body.start, text };
  }
  const { contentEnd } = lineAround(file, { start: last.end - 1, end: last.end });
  // If more text follows the binding on its line, the new binding is inserted directly after it.
  const rest = file.text.slice(last.end, contentEnd);
  const at = /^\s*(#.*)?$/.test(rest) ? contentEnd : last.end;
  const text = `${eol}${indentOf(file, last.start)}${name} = ${value};`;
  return { file: file.path, start: at, end: at, text };
}

/** Inserts the assignment in place of the imports, or below them. */
function assign(file: SourceFile, { imports }: ModuleSyntax, name: string, removal: TextEdit): TextEdit[] {
  const text = `${OPTION.join('.')} = ${name};`;
  if (removal.start === imports.start && removal.end === imports.end) return [{ ...removal, text }];
  const below = `${eolOf(file)}${indentOf(file, imports.start)}${text}`;
  return [removal, { file: file.path, start: imports.end, end: imports.end, text: below }];
}
