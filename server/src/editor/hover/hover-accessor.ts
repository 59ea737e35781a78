/**
 * Renders the hover card of a function that looks up registry keys (`getPath`, `mkPasswordCmd`), at its calls and at
 * its definition: the key, the result, the callers.
 */

import { counted } from '../../checks/facts/wording.ts';
import { expressionsAt } from '../../edits/locate.ts';
import type { KeyLookup } from '../../fleet/model/registries.ts';
import type { Unit, Use } from '../../fleet/model/uses.ts';
import { freeNames } from '../../nix/expressions.ts';
import type { Place } from '../../nix/places.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { AttrBinding, Expr, LambdaExpr } from '../../nix/syntax.ts';
import { bindingOf, findBinding, importedFrom, type NameAt, nameAt } from '../names/lexical.ts';
import { code, plain } from '../words/markdown.ts';
import type { CardAt, HoverContext } from './hover-context.ts';
import { definedPhrase } from './hover-words.ts';

const MAX_CALLS = 5;

/** A call with a registry key. */
interface Call {
  readonly name: string;
  readonly lookup: KeyLookup;
}

/**
 * Returns the card of the function at an offset, or null.
 *
 * @param offset 0-based UTF-16 offset
 */
export function accessorCard(context: HoverContext, file: string, offset: number): CardAt | null {
  const source = context.snapshot.files.parse(file);
  const named = source === null ? null : nameAt(source, offset);
  if (source === null || named === null) return null;
  const at: Place = { file, start: named.start, end: named.end };
  const markdown = named.bound === null ? callText(context, source, named) : writtenText(context, at, named);
  return markdown === null ? null : { at, markdown };
}

/** Returns the card at a call. */
function callText(context: HoverContext, source: SourceFile, named: NameAt): string | null {
  const unit = context.snapshot.fleet.units.get(source.path);
  const call = named.around.findLast(
    expr => expr.kind === 'apply' && expr.fn.end === named.end && expr.fn.start <= named.start,
  );
  if (unit === undefined || call === undefined) return null;
  const lookup = unit.keyLookups.find(({ at }) => isWithin(at, call));
  if (lookup === undefined) return null;
  const definition = definitionOf(context, source, named);
  return [
    headline(named.name, lookup.registry, definition?.lambda ?? null),
    ...(definition?.comment ? [plain(definition.comment)] : []),
    lineOf(context, lookup, useOf(unit, lookup)),
    ...(definition === null ? [] : definedPhrase(context, [definition.at])),
  ].join('\n\n');
}

/** Returns the card at the definition. */
function writtenText(context: HoverContext, at: Place, { name, bound }: NameAt): string | null {
  if (bound?.kind !== 'lambda') return null;
  const source = context.snapshot.files.parse(at.file);
  if (source === null) return null;
  const calls = callersIn(source, name).flatMap(caller => callsOf(context, caller, at.file));
  const [first] = calls;
  if (first === undefined) return null;
  const comment = commentAbove(source, at.start);
  const shown = calls.slice(0, MAX_CALLS).map(({ lookup }) => {
    const unit = context.snapshot.fleet.units.get(lookup.at.file);
    return `${lineOf(context, lookup, unit === undefined ? null : useOf(unit, lookup))} (${plain(lookup.at.file)})`;
  });
  const more = calls.length > MAX_CALLS ? [`- and ${calls.length - MAX_CALLS} more`] : [];
  return [
    headline(name, first.lookup.registry, bound),
    ...(comment === null ? [] : [plain(comment)]),
    `${counted(calls.length, 'call')}:`,
    [...shown, ...more].join('\n'),
  ].join('\n\n');
}

function headline(name: string, registry: string, lambda: LambdaExpr | null): string {
  const formals = lambda?.formals?.map(({ name: formal, fallback }) =>
    fallback === null ? formal.name : `${formal.name} ?`,
  );
  const takes = formals === undefined ? '' : ` · takes ${code(`{ ${formals.join(', ')} }`)}`;
  return `**${plain(name)}** · looks up a key of ${plain(registry)}${takes}`;
}

function lineOf(context: HoverContext, { registry, key }: KeyLookup, use: Use | null): string {
  const entry = context.index.key(registry, key);
  if (entry === null || entry === undefined) return `- Key ${code(key)}, which the registry does not have`;
  const generator = use?.generator ?? entry.generator?.value ?? null;
  const file = use?.fileName ?? entry.fileAttr?.value ?? null;
  const made = generator === null ? '' : ` → ${code(generator)}${file === null ? '' : ` / ${code(file)}`}`;
  const attribute = use?.attribute ? `, its ${code(use.attribute)}` : '';
  return `- Key ${code(key)}${made}${attribute}`;
}

function useOf({ uses }: Unit, { at }: KeyLookup): Use | null {
  return uses.find(({ key }) => key?.at.start === at.start && key.at.file === at.file) ?? null;
}

function isWithin(at: Place, { start, end }: Expr): boolean {
  return start <= at.start && at.end <= end;
}

/** Returns the calls of a function by name in files that import it from `file`, in order. */
function callsOf(context: HoverContext, name: string, file: string): Call[] {
  const calls: Call[] = [];
  for (const unit of context.snapshot.fleet.units.values()) {
    if (unit.keyLookups.length === 0) continue;
    const source = context.snapshot.files.parse(unit.file);
    if (source === null || !source.text.includes(name)) continue;
    for (const lookup of unit.keyLookups) {
      const called = calledWith(source, lookup.at);
      if (called?.name !== name) continue;
      if (source.path === file || sourceOf(source, called) === file) calls.push({ name, lookup });
    }
  }
  return calls;
}

/** Returns the name of the innermost function applied around a place. */
function calledWith(source: SourceFile, at: Place): NameAt | null {
  if (at.file !== source.path) return null;
  const apply = expressionsAt(source, at.start).findLast(
    expr => expr.kind === 'apply' && isWithin(at, expr.arg),
  );
  return apply?.kind === 'apply' ? nameAt(source, apply.fn.end) : null;
}

/** Returns the file that a called function is imported from, or null if it is in the same file or not known. */
function sourceOf(source: SourceFile, { name, around, selectedFrom }: NameAt): string | null {
  if (selectedFrom !== null) return importedFrom(source, around, selectedFrom);
  const binding = bindingOf(around, name);
  if (binding === null) return null;
  const from = binding.kind === 'inherit' ? binding.from : binding.value;
  return from === null ? null : importedFrom(source, around, from);
}

const isLambda = ({ value }: AttrBinding) => value.kind === 'lambda';

interface Definition {
  readonly at: Place;
  readonly lambda: LambdaExpr;
  readonly comment: string | null;
}

/** Returns the definition of the function, in this file or in the one it is imported from. */
function definitionOf(context: HoverContext, source: SourceFile, named: NameAt): Definition | null {
  const local = named.selectedFrom === null ? bindingOf(named.around, named.name) : null;
  const here = local?.kind === 'bind' && local.value.kind === 'lambda';
  const path = here ? source.path : sourceOf(source, named);
  const file = path === null ? null : context.snapshot.files.parse(path);
  const binding = here ? local : file === null ? null : findBinding(file.root, named.name, isLambda);
  if (file === null || binding?.kind !== 'bind' || binding.value.kind !== 'lambda') return null;
  const [name] = binding.path;
  const at = { file: file.path, start: name?.start ?? binding.start, end: name?.end ?? binding.start };
  return { at, lambda: binding.value, comment: commentAbove(file, at.start) };
}

/** Returns the names of a function and of its direct and indirect callers in the same file. */
function callersIn(source: SourceFile, name: string): readonly string[] {
  const functions = new Map<string, LambdaExpr>();
  findBinding(source.root, null, binding => {
    const [first] = binding.path;
    if (binding.value.kind === 'lambda' && first?.kind === 'name') functions.set(first.name, binding.value);
    return false;
  });
  const callers = new Set([name]);
  for (const callee of callers)
    for (const [caller, lambda] of functions) if (freeNames(lambda).has(callee)) callers.add(caller);
  return [...callers];
}

/** Returns the comment directly above a name without comment marks, or null. */
function commentAbove({ text }: SourceFile, start: number): string | null {
  const lines = text.slice(0, text.lastIndexOf('\n', start - 1) + 1).split(/\r?\n/);
  lines.pop();
  const comment: string[] = [];
  for (let line = lines.pop(); line !== undefined && /^\s*#/.test(line); line = lines.pop())
    comment.unshift(line.replace(/^\s*#\s?/, ''));
  return comment.length === 0 ? null : comment.join(' ').trim() || null;
}
