/**
 * Edits a generator's `runtimeInputs`: adds or removes a package. Writes a package like its neighbours (`pkgs.jq`, or
 * `jq` under `with pkgs;`), and returns `null` if it cannot determine the edit.
 */

import type { GeneratorBody } from '../fleet/model/generators.ts';
import { bindsName } from '../nix/expressions.ts';
import type { Known, Place } from '../nix/places.ts';
import type { SourceFile } from '../nix/source.ts';
import type { Expr, ListExpr } from '../nix/syntax.ts';
import { insertBeside } from './edit-bindings.ts';
import { appendListItem, isBareName, removeListItem } from './edits.ts';
import { expressionsAt, lastLiteralList, listWithItem } from './locate.ts';
import type { Sources, TextEdit } from './text-edit.ts';

/** Adds a package (an attribute below `pkgs`) to the list, or adds the list above `script`. */
export function addPackage(sources: Sources, body: GeneratorBody, name: string): TextEdit | null {
  const options = body.options().filter(option => option.of === 'generator');
  const written = options.filter(option => option.name === 'runtimeInputs');
  if (written.length === 0) {
    const script = options.find(option => option.name === 'script');
    return script === undefined ? null : addList(sources, script.at, name);
  }
  for (const item of body.packages) {
    const listItem = itemOf(sources, item);
    if (listItem !== null) return appendListItem(listItem.file, listItem.list, `${listItem.prefix}${name}`);
  }
  const [only] = written;
  if (written.length !== 1 || only?.valueAt == null || body.packages.length > 0) return null;
  const file = sources.parse(only.valueAt.file);
  const list = file === null ? null : listAt(file, only.valueAt);
  if (file === null || list === null || !isInScope(file, list.start, 'pkgs')) return null;
  return appendListItem(file, list, `pkgs.${name}`);
}

/** Removes a package from the list that contains it. */
export function removePackage(sources: Sources, item: Known<string>): TextEdit | null {
  const listItem = itemOf(sources, item);
  return listItem === null ? null : removeListItem(listItem.file, listItem.item);
}

/** Returns the place of a package, including the text before its name. */
export function packagePlace(sources: Sources, item: Known<string>): Place {
  const listItem = itemOf(sources, item);
  return listItem === null
    ? item.at
    : { file: item.at.file, start: listItem.item.start, end: listItem.item.end };
}

interface Item {
  readonly file: SourceFile;
  readonly list: ListExpr;
  readonly item: Expr;
  /** The text before the package's name. */
  readonly prefix: string;
}

function itemOf(sources: Sources, { value, at }: Known<string>): Item | null {
  const file = sources.parse(at.file);
  const listItem = file === null ? null : listWithItem(file, at);
  if (file === null || listItem === null) return null;
  const { item, list } = listItem;
  const text = file.text.slice(item.start, item.end);
  if (item.end !== at.end || !text.endsWith(value)) return null;
  const prefix = text.slice(0, -value.length);
  return prefix === '' || prefix.endsWith('.') ? { file, list, item, prefix } : null;
}

function listAt(file: SourceFile, at: Place): ListExpr | null {
  const expr = expressionsAt(file, at.start).find(
    expression => expression.start === at.start && expression.end === at.end,
  );
  return expr === undefined ? null : lastLiteralList(expr);
}

/** Adds the list above the binding of `script`, with the same names in front. */
function addList(sources: Sources, script: Place, name: string): TextEdit | null {
  const file = sources.parse(script.file);
  if (file === null || !isInScope(file, script.start, 'pkgs')) return null;
  return insertBeside(sources, script, `runtimeInputs = [ pkgs.${name} ];`);
}

/** Returns whether a name is bound around an offset, other than by `with`. */
export function isInScope(file: SourceFile, offset: number, name: string): boolean {
  return isBareName(name) && expressionsAt(file, offset).some(expr => bindsName(expr, name));
}
