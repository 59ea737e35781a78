/**
 * Collects the files that a file makes Nix read through literal paths: imports, lists of modules, packages to call.
 * Walks the tree, so that paths in strings and comments do not count.
 */

import { folderOf, joinPath } from '../nix/eval/paths.ts';
import type { SourceFile } from '../nix/source.ts';
import {
  type AttrBinding,
  type AttrName,
  type Expr,
  literalText,
  type Range,
  type StringPart,
  writtenName,
} from '../nix/syntax.ts';
import { memoized } from '../std.ts';

/** A literal path that Nix reads. */
export interface WrittenPath extends Range {
  /** A file, or a folder with a `default.nix`, relative to the root. It may not exist. */
  readonly target: string;
  /** False if a condition decides whether the path is read. */
  readonly certain: boolean;
  /** True if the file checks what exists, and so may name paths that do not. */
  readonly isAsked: boolean;
  /** True for paths in the `imports` of the file's own module, or of the flake itself. */
  readonly isOwn: boolean;
  /** True for a folder below which all files are read, as import-tree does, or, if not certain, some. */
  readonly isTree: boolean;
}

const NONE: readonly WrittenPath[] = [];

/** Functions that read the file at the given path. */
const READERS = /^(import|importApply|callPackages?|callPackageWith|importTree)$/;
/** Functions that use their argument only under some condition. */
const CHOOSERS =
  /^(optional|optionals|optionalAttrs|optionalString|mkIf|filter|filterAttrs|tryEval|pathExists|findFirst)$/;
/** Options and arguments that are lists of modules. */
const MODULES = /^(imports|modules|extraModules|sharedModules|baseModules)$/;
/** Words with which a file checks what exists. */
const ASKS = /\b(pathExists|readDir|tryEval|fileset|listFilesRecursive)\b/;

/** Returns the paths that a file makes Nix read, in the order of the text. */
export const writtenPathsOf = memoized((file: SourceFile): readonly WrittenPath[] => {
  if (!mayLead(file.text)) return NONE;
  const paths: WrittenPath[] = [];
  visit({ file, asks: ASKS.test(file.text), ownModule: ownModule(file.root), paths }, file.root, true);
  return paths.length === 0 ? NONE : paths;
});

/** Returns whether a text has a word that may read a file and something that looks like a path. */
function mayLead(text: string): boolean {
  return /import|modules|Modules|callPackage/.test(text) && /(?:[\s([{=]|^)[\w.+-]+\/[\w.+-]/.test(text);
}

interface Walk {
  readonly file: SourceFile;
  readonly asks: boolean;
  /** The set that is the file's own module. */
  readonly ownModule: Expr;
  readonly paths: WrittenPath[];
}

function visit(walk: Walk, expr: Expr, certain: boolean): void {
  switch (expr.kind) {
    case 'string':
    case 'path':
      visitParts(walk, expr.parts, certain);
      break;
    case 'list':
      for (const item of expr.items) visit(walk, item, certain);
      break;
    case 'attrs':
    case 'let':
      for (const binding of expr.bindings)
        if (binding.kind === 'bind') visitBinding(walk, binding, certain, expr === walk.ownModule);
        else if (binding.from !== null) visit(walk, binding.from, certain);
      if (expr.kind === 'let') visit(walk, expr.body, certain);
      break;
    case 'lambda':
      for (const { fallback } of expr.formals ?? []) if (fallback !== null) visit(walk, fallback, false);
      visit(walk, expr.body, certain);
      break;
    case 'apply':
      visitApplication(walk, expr, certain);
      break;
    case 'select':
      visit(walk, expr.target, certain);
      visitPath(walk, expr.path, certain);
      if (expr.fallback !== null) visit(walk, expr.fallback, false);
      break;
    case 'has-attr':
      visit(walk, expr.target, certain);
      break;
    case 'with':
      visit(walk, expr.scope, certain);
      visit(walk, expr.body, certain);
      break;
    case 'if':
      visit(walk, expr.condition, certain);
      visit(walk, expr.then, false);
      visit(walk, expr.otherwise, false);
      break;
    case 'assert':
      visit(walk, expr.condition, certain);
      visit(walk, expr.body, certain);
      break;
    case 'unary':
      visit(walk, expr.operand, certain);
      break;
    case 'binary':
      visit(walk, expr.left, certain);
      visit(walk, expr.right, certain && !/^(&&|\|\||->)$/.test(expr.operator));
      break;
    default:
      break;
  }
}

function visitParts(walk: Walk, parts: readonly StringPart[], certain: boolean): void {
  for (const part of parts) if (part.kind === 'hole') visit(walk, part.expr, certain);
}

function visitPath(walk: Walk, path: readonly AttrName[], certain: boolean): void {
  for (const name of path) if (name.kind === 'dynamic') visit(walk, name.expr, certain);
}

function visitBinding(walk: Walk, { path, value }: AttrBinding, certain: boolean, inOwn: boolean): void {
  const last = path.at(-1);
  if (last?.kind === 'name' && MODULES.test(last.name))
    noteModules(walk, value, certain, inOwn && path.length === 1 && last.name === 'imports');
  visitPath(walk, path, certain);
  visit(walk, value, certain);
}

/** Records the paths in a list of modules. */
function noteModules(walk: Walk, value: Expr, certain: boolean, isOwn: boolean): void {
  if (value.kind === 'list')
    for (const item of value.items) note(walk, item, { certain, isOwn, isTree: false });
  else if (value.kind === 'binary' && value.operator === '++') {
    noteModules(walk, value.left, certain, isOwn);
    noteModules(walk, value.right, certain, isOwn);
  } else if (value.kind === 'with') noteModules(walk, value.body, certain, isOwn);
}

/** Returns the set that is a file's own module; for a flake, the set that it passes to `mkFlake`. */
function ownModule(expr: Expr): Expr {
  switch (expr.kind) {
    case 'lambda':
    case 'let':
    case 'with':
    case 'assert':
      return ownModule(expr.body);
    case 'apply':
      return writtenName(expr.fn.kind === 'apply' ? expr.fn.fn : expr.fn) === 'mkFlake'
        ? ownModule(expr.arg)
        : expr;
    case 'attrs': {
      const outputs = expr.bindings.find(
        binding => binding.kind === 'bind' && binding.path.length === 1 && isNamed(binding, 'outputs'),
      );
      return outputs?.kind === 'bind' ? ownModule(outputs.value) : expr;
    }
    default:
      return expr;
  }
}

function isNamed({ path: [first] }: AttrBinding, name: string): boolean {
  return first?.kind === 'name' && first.name === name;
}

function visitApplication(walk: Walk, expr: Extract<Expr, { kind: 'apply' }>, certain: boolean): void {
  const name = writtenName(expr.fn);
  if (READERS.test(name)) note(walk, expr.arg, { certain, isOwn: false, isTree: false });
  else if (name === 'import-tree') note(walk, expr.arg, { certain, isOwn: false, isTree: true });
  let head = expr.fn;
  while (head.kind === 'apply') head = head.fn;
  const isCertain = certain && !CHOOSERS.test(writtenName(head));
  visit(walk, expr.fn, isCertain);
  visit(walk, expr.arg, isCertain);
}

function note(
  { file, asks, paths }: Walk,
  expr: Expr,
  how: Pick<WrittenPath, 'certain' | 'isOwn' | 'isTree'>,
): void {
  const { start, end } = expr;
  const text = expr.kind === 'path' ? literalText(expr.parts) : null;
  const folder = text === null ? knownFolder(expr) : null;
  const written = text ?? folder;
  if (written === null || /^[/~]/.test(written)) return;
  const target = joinPath(folderOf(file.path), written);
  if (target === null) return;
  if (folder === null) paths.push({ start, end, target, isAsked: asks, ...how });
  // At the root, everything would be below it: tests and templates, too.
  else if (target !== '')
    paths.push({ start, end, target, isAsked: asks, isOwn: false, certain: false, isTree: true });
}

/** Returns the known folder of a path that is put together, `./hosts/${name}.nix` or `./hosts + "/${name}"`. */
function knownFolder(expr: Expr): string | null {
  if (expr.kind === 'binary' && expr.operator === '+' && expr.left.kind === 'path')
    return literalText(expr.left.parts);
  const [first] = expr.kind === 'path' ? expr.parts : [];
  return first?.kind === 'text' ? first.value.slice(0, first.value.lastIndexOf('/')) : null;
}
