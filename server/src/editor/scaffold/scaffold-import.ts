/**
 * Adds a new module to the `imports` of machines. Pure; a machine whose modules cannot be edited with certainty is
 * left to the person.
 */
import { appendListItem, eolOf, indentOf, lineAround } from '../../edits/edits.ts';
import { lastLiteralList } from '../../edits/locate.ts';
import type { TextEdit } from '../../edits/text-edit.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { AttrSetExpr, Expr } from '../../nix/syntax.ts';
import { pathLiteral, type ScaffoldSources } from './scaffold.ts';

export interface Imported {
  /** One edit for each file that imports the module. */
  readonly edits: readonly TextEdit[];
  /** The machines that import it by these edits. */
  readonly machines: readonly string[];
  /** The machines that are left to the person. */
  readonly left: readonly string[];
}

/**
 * Returns the edits after which machines import a module, and no other machine does.
 * @param path of the module, relative to the root; need not exist
 */
export function importedBy(
  { fleet, files }: ScaffoldSources,
  path: string,
  machines: readonly string[],
): Imported {
  const chosen = new Set(machines);
  const usersOf = (file: string) =>
    [...fleet.modules].filter(([, modules]) => mayImport(modules, file)).map(([name]) => name);
  const edits = new Map<string, TextEdit>();
  const done: string[] = [];
  for (const machine of machines) {
    const modules = fleet.modules.get(machine)?.files ?? [];
    if (modules.includes(path)) continue;
    const candidates = modules.flatMap(file => {
      const users = usersOf(file);
      const edit = users.every(user => chosen.has(user)) ? importEdit(files.parse(file), path) : null;
      return edit === null ? [] : [{ edit, isOfAll: users.length === chosen.size }];
    });
    // A module that all of the machines have needs one edit instead of one for each machine.
    const { edit } = candidates.find(({ isOfAll }) => isOfAll) ?? candidates[0] ?? { edit: null };
    if (edit === null) continue;
    edits.set(edit.file, edit);
    done.push(machine);
  }
  const left = machines.filter(
    machine => !done.includes(machine) && fleet.modules.get(machine)?.files.includes(path) !== true,
  );
  return { edits: [...edits.values()], machines: done, left };
}

function mayImport(
  modules: { readonly files: readonly string[]; readonly possibleFiles: readonly string[] },
  file: string,
): boolean {
  return modules.files.includes(file) || modules.possibleFiles.includes(file);
}

function importEdit(file: SourceFile | null, path: string): TextEdit | null {
  if (file === null || file.errors.length > 0 || /(^|\/)flake\.nix$/.test(file.path)) return null;
  const set = moduleSet(file.root);
  if (set === null) return null;
  const literal = pathLiteral(file.path, path);
  const item = literal.includes(' ') ? `(${literal})` : literal;
  for (const binding of set.bindings) {
    if (binding.kind === 'inherit') {
      if (binding.names.some(name => name.kind !== 'name' || name.name === 'imports')) return null;
      continue;
    }
    const [first] = binding.path;
    if (first?.kind !== 'name') return null;
    if (first.name !== 'imports') continue;
    const list = lastLiteralList(inner(binding.value));
    return list === null ? null : appendListItem(file, list, item);
  }
  return atBeginning(file, set, `imports = [ ${item} ];`);
}

/** Returns the set that a module consists of, or null if it is computed. */
function moduleSet(root: Expr): AttrSetExpr | null {
  let expr = root;
  while (expr.kind === 'lambda' || expr.kind === 'let' || expr.kind === 'with') expr = expr.body;
  return expr.kind === 'attrs' ? expr : null;
}

function inner(value: Expr): Expr {
  let expr = value;
  while (expr.kind === 'let' || expr.kind === 'with') expr = expr.body;
  return expr;
}

function atBeginning(file: SourceFile, set: AttrSetExpr, text: string): TextEdit {
  const start = file.text.indexOf('{', set.start) + 1;
  const first = set.bindings[0];
  const isOnOneLine = lineAround(file, set).contentEnd >= set.end;
  const indent = first === undefined ? `${indentOf(file, set.start)}  ` : indentOf(file, first.start);
  const eol = eolOf(file);
  const after = first === undefined ? '' : eol;
  return {
    file: file.path,
    start,
    end: start,
    text: isOnOneLine ? ` ${text}` : `${eol}${indent}${text}${after}`,
  };
}
