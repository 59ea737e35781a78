/**
 * Finds the name that an error of Nix is about: a missing attribute, an option that does not exist, an argument that a function does not
 * take, a variable that is not bound. Offers the names that Nix suggests, or that are in scope.
 */

import { replaceName } from '../../../edits/edits.ts';
import { expressionsAt } from '../../../edits/locate.ts';
import { suggest } from '../../../edits/suggest.ts';
import type { NixFailure } from '../../../fleet/model/nix-answer.ts';
import { childrenOf } from '../../../nix/expressions.ts';
import type { Place } from '../../../nix/places.ts';
import type { SourceFile } from '../../../nix/source.ts';
import type { AttrName, Expr } from '../../../nix/syntax.ts';
import type { CheckContext, Fix } from '../../rule.ts';

export interface NixSlip {
  /** Where the name is written. */
  readonly at: Place;
  readonly fixes: readonly Fix[];
}

/** Finds the place of a name in a file, at or around the offset of the error. */
type Find = (file: SourceFile, offset: number, name: string) => Place | null;

const KINDS: readonly (readonly [RegExp, Find])[] = [
  [/^attribute '([^']+)' missing/, selectedName],
  [/^The option [`']([^`']+)['`] does not exist/, (file, _, name) => definedName(file, name.split('.'))],
  [/called with unexpected argument '([^']+)'/, passedName],
  [/^undefined variable '([^']+)'/, variableName],
];

/** @param at the place of the failure, by its line and column */
export function slipOf(
  failure: Pick<NixFailure, 'message' | 'suggestions'>,
  at: Place,
  sources: CheckContext['sources'],
): NixSlip | null {
  const file = sources.parse(at.file);
  if (file === null) return null;
  for (const [pattern, find] of KINDS) {
    const name = pattern.exec(failure.message)?.[1];
    const place = name === undefined ? null : find(file, at.start, name);
    if (name === undefined || place === null) continue;
    const last = name.slice(name.lastIndexOf('.') + 1);
    const inScope = find === variableName ? [suggest(name, namesInScope(file, at.start))] : [];
    const meant = [...(failure.suggestions ?? []), ...inScope].flatMap(text => lastName(text) ?? []);
    const fixes = [...new Set(meant)].flatMap((candidate, _, all): readonly Fix[] => {
      const edit = replaceName(sources, place, last, candidate);
      return edit === null
        ? []
        : [{ title: `Replace with "${candidate}"`, edits: [edit], preferred: all.length === 1, guess: true }];
    });
    return { at: place, fixes };
  }
  return null;
}

/** Returns the last name of a path such as `services.nginx`. */
function lastName(text: string | null): string | null {
  return text === null ? null : text.slice(text.lastIndexOf('.') + 1);
}

function placeOf({ path }: SourceFile, { start, end }: { start: number; end: number }): Place {
  return { file: path, start, end };
}

const isNamed = (name: string) => (part: AttrName) => part.kind === 'name' && part.name === name;

/** `config.services.ngnix`: the name that is selected. */
function selectedName(file: SourceFile, offset: number, name: string): Place | null {
  for (const expr of expressionsAt(file, offset).reverse()) {
    const part = expr.kind === 'select' ? expr.path.find(isNamed(name)) : undefined;
    if (part !== undefined) return placeOf(file, part);
  }
  return null;
}

/** `f { nam = 1; }`: the name that is passed. */
function passedName(file: SourceFile, offset: number, name: string): Place | null {
  for (const expr of expressionsAt(file, offset).reverse()) {
    if (expr.kind !== 'apply' || expr.arg.kind !== 'attrs') continue;
    for (const binding of expr.arg.bindings) {
      const part = (binding.kind === 'bind' ? binding.path.slice(0, 1) : binding.names).find(isNamed(name));
      if (part !== undefined) return placeOf(file, part);
    }
  }
  return null;
}

function variableName(file: SourceFile, offset: number, name: string): Place | null {
  const expr = expressionsAt(file, offset).at(-1);
  return expr?.kind === 'variable' && expr.name === name ? placeOf(file, expr) : null;
}

/** Returns the names that functions and `let`s around an offset bind. */
function namesInScope(file: SourceFile, offset: number): readonly string[] {
  return expressionsAt(file, offset).flatMap(expr => {
    if (expr.kind === 'lambda')
      return [
        ...(expr.name === null ? [] : [expr.name]),
        ...(expr.formals ?? []).map(formal => formal.name),
      ].map(identifier => identifier.name);
    if (expr.kind !== 'let') return [];
    return expr.bindings
      .flatMap(binding => (binding.kind === 'bind' ? binding.path.slice(0, 1) : binding.names))
      .flatMap(part => (part.kind === 'name' ? [part.name] : []));
  });
}

/** Returns where a module defines an option, or something below it: the place of the option's last name. */
function definedName(file: SourceFile, option: readonly string[]): Place | null {
  const found = definedIn(file.root, option);
  return found === null ? null : placeOf(file, found);
}

function definedIn(expr: Expr, option: readonly string[]): AttrName | null {
  if (expr.kind !== 'attrs') {
    // Functions, `let`, `mkIf` and the like stand around definitions.
    for (const child of childrenOf(expr)) {
      const found = definedIn(child, option);
      if (found !== null) return found;
    }
    return null;
  }
  for (const binding of expr.bindings) {
    if (binding.kind !== 'bind') continue;
    const path =
      binding.path[0] !== undefined && isNamed('config')(binding.path[0])
        ? binding.path.slice(1)
        : binding.path;
    const shared = Math.min(path.length, option.length);
    if (!path.slice(0, shared).every((part, index) => isNamed(option[index] as string)(part))) continue;
    if (shared === option.length && shared > 0) return path[shared - 1] ?? null;
    const found = definedIn(binding.value, option.slice(shared));
    if (found !== null) return found;
  }
  return null;
}
