/**
 * The fix that takes generators out of a module's `imports` and assigns them in its body, with a `let` for the value.
 * Works on syntax; gives up wherever the result might mean something else.
 */
import type { AppliedImport } from '../../fleet/model.ts';
import { groupOf } from '../../nix/bindings.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { AttrBinding, AttrSetExpr, Expr, LetExpr } from '../../nix/syntax.ts';
import { eolOf, indentOf, lineAround, removeListItem } from '../edits.ts';
import { expressionsAt, listWithItem } from '../locate.ts';
import type { Fix, Sources, TextEdit } from '../rule.ts';

const OPTION = ['clan', 'core', 'vars', 'generators'];
const NAMES = ['varsGenerators', 'importedGenerators'];

/** The module's parts that the fix touches. */
interface ModuleSyntax {
  readonly body: AttrSetExpr;
  readonly imports: AttrBinding;
  /** The `let` directly around the body, if there is one. */
  readonly around: LetExpr | null;
}

/** Null where what is applied is not itself the generators, or the module is not written in a plain way. */
export function moveToBody(sources: Sources, applied: AppliedImport): Fix | null {
  const file = sources.parse(applied.item.file);
  if (file === null || applied.brings !== 'generators' || applied.pathText === null) return null;
  const module = readModule(file, applied.item.start);
  if (module === null || isAssigned(module.body)) return null;
  const name = NAMES.find(each => !isBound(module.around, each));
  const removal = removeItem(file, module.imports, applied);
  if (name === undefined || removal === null) return null;
  const value = importText(file, applied, applied.pathText, indentOf(file, module.body.start));
  return {
    title: 'Assign clan.core.vars.generators in the body of the module',
    edits: [bind(file, module, name, value), ...assign(file, module, name, removal)],
    preferred: true,
  };
}

function readModule(file: SourceFile, offset: number): ModuleSyntax | null {
  const path = expressionsAt(file, offset);
  for (const [index, body] of path.entries()) {
    if (body.kind !== 'attrs') continue;
    const imports = body.bindings.find(
      binding => binding.kind === 'bind' && isName(binding, 'imports') && contains(binding.value, offset),
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

function contains(expr: Expr, offset: number): boolean {
  return expr.start <= offset && offset < expr.end;
}

/** Is the option there already, or is it set in a way that a further binding would clash with? */
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

/** Takes the item out; with it goes the whole `imports` if nothing else is in it. */
function removeItem(file: SourceFile, imports: AttrBinding, applied: AppliedImport): TextEdit | null {
  const found = listWithItem(file, applied.at);
  if (found === null) return null;
  const inside = file.comments.some(each => found.list.start < each.start && each.end < found.list.end);
  const only = found.list === imports.value && found.list.items.length === 1 && !inside;
  if (!only) return removeLines(file, applied) ?? removeListItem(file, applied.item);
  return { file: file.path, start: imports.start, end: imports.end, text: '' };
}

/** The whole lines of an item that has them to itself. */
function removeLines(file: SourceFile, { item }: AppliedImport): TextEdit | null {
  const first = lineAround(file, item);
  const last = lineAround(file, { start: item.end - 1, end: item.end });
  const before = file.text.slice(first.start, item.start);
  const after = file.text.slice(item.end, last.contentEnd);
  if (before.trim() !== '' || after.trim() !== '') return null;
  return { file: file.path, start: first.start, end: last.end, text: '' };
}

/** `import <path> <arguments>`, moved to the indentation of a binding one level below `indent`. */
function importText(file: SourceFile, applied: AppliedImport, path: string, indent: string): string {
  const old = indentOf(file, applied.item.start);
  const text = `import ${path}${applied.argsText === null ? '' : ` ${applied.argsText}`}`;
  return text
    .split(/\r?\n/)
    .map((line, index) => (index > 0 && line.startsWith(old) ? `${indent}  ${line.slice(old.length)}` : line))
    .join(eolOf(file));
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
  // On a line that goes on behind the binding, the new one follows it directly.
  const rest = file.text.slice(last.end, contentEnd);
  const at = /^\s*(#.*)?$/.test(rest) ? contentEnd : last.end;
  const text = `${eol}${indentOf(file, last.start)}${name} = ${value};`;
  return { file: file.path, start: at, end: at, text };
}

/** Puts the assignment where the imports were, or below them. */
function assign(file: SourceFile, { imports }: ModuleSyntax, name: string, removal: TextEdit): TextEdit[] {
  const text = `${OPTION.join('.')} = ${name};`;
  if (removal.start === imports.start && removal.end === imports.end) return [{ ...removal, text }];
  const below = `${eolOf(file)}${indentOf(file, imports.start)}${text}`;
  return [removal, { file: file.path, start: imports.end, end: imports.end, text: below }];
}
