/**
 * Finds the places at which a file sets or reads options that clan-core has removed or renamed, as
 * `data/removed-options.json` lists them. Options of generators are not among them; rules decide what to report.
 */

import { unknownArgument } from '../../modules/modules.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import { fileScope } from '../../nix/eval/scopes.ts';
import { type NamePath, type WalkedBinding, walk } from '../../nix/eval/walk.ts';
import { placeIn } from '../../nix/places.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { Range, SelectExpr } from '../../nix/syntax.ts';
import type { RemovedOption, RemovedUse } from '../model/machines.ts';
import data from '../options/data/removed-options.json' with { type: 'json' };

type Written = Pick<RemovedOption, 'date' | 'instead' | 'before'> &
  Partial<Pick<RemovedOption, 'successor' | 'gone'>> & { readonly path: string };

const OPTIONS: readonly RemovedOption[] = (data.options as readonly Written[]).map(option => ({
  successor: null,
  gone: true,
  ...option,
  path: option.path.split('.'),
}));

const anyOf = (names: readonly string[]): string => `\\b(?:${[...new Set(names)].join('|')})\\b`;

/** Matches the last names of options, around which the walk looks for uses. Some of them are common words. */
const LAST_NAMES = new RegExp(
  anyOf(OPTIONS.flatMap(({ path, before = [] }) => [path.at(-1) ?? '', ...before])),
  'g',
);

/** Matches texts that may use such an option, by its rarer names. */
const MENTIONS = new RegExp(
  `${anyOf([...OPTIONS.filter(option => option.path.length === 3 || option.path.length === 1).map(option => option.path.at(-1) ?? ''), 'zerotier', 'passBackend', 'clanModules'])}|\\bclan\\.networking\\b|\\binventory\\b[^]{0,2000}?\\bservices\\b`,
);

export function mentionsRemoved(text: string): boolean {
  return MENTIONS.test(text);
}

/** The evaluation steps allowed for one file. */
const STEPS = 200_000;

/** Returns the removed options that one file uses; empty if that takes too long. */
export function readRemoved(cx: Evaluation, file: SourceFile): RemovedUse[] {
  const uses: RemovedUse[] = [];
  const offsets = [...file.text.matchAll(LAST_NAMES)].map(match => match.index);
  const isOfInterest = (range: Range) => offsets.some(at => range.start <= at && at < range.end);

  function note(option: RemovedOption, at: Range, isRead: boolean): void {
    if (uses.some(use => use.at.start === at.start)) return;
    uses.push({ option, at: placeIn(file, at), isRead });
  }

  function binding({ state, isLet }: WalkedBinding): void {
    const path = state.path as NamePath;
    if (isLet) return;
    const names = namesTo(path);
    if (names.includes('options')) return;
    for (const option of OPTIONS) {
      if (option.path[0] === 'clan-core') continue;
      // An option with a common name is recognised by the name that follows.
      const follows = option.before !== undefined;
      const optionPath = follows ? path.parent : path;
      if (optionPath === null || !endsWith(follows ? names.slice(0, -1) : names, option)) continue;
      if (follows && option.before?.includes(names.at(-1) ?? '') !== true) continue;
      if (option.path[0] === 'inventory' && !isOfClan(names.slice(0, -2))) continue;
      if (optionPath.at.file === file) note(option, optionPath.at, false);
    }
  }

  function selection(expr: SelectExpr): void {
    if (expr.fallback !== null) return;
    const names: string[] = [];
    const places: Range[] = [];
    const { target } = expr;
    if (target.kind !== 'variable') return;
    names.push(target.name);
    places.push(target);
    for (const name of expr.path) {
      names.push(name.kind === 'name' ? name.name : '');
      places.push(name);
    }
    for (const option of OPTIONS) {
      const end = endOf(names, option);
      const at = places[end];
      if (end >= 0 && at !== undefined) note(option, at, true);
    }
  }

  const state = { scope: fileScope(cx, file), path: null, conditional: false };
  const walked = withBudget(cx, STEPS, () =>
    walk(cx, file.root, state, {
      enter(expr) {
        if (!isOfInterest(expr)) return false;
        if (expr.kind === 'select') selection(expr);
        return true;
      },
      binding,
      parameter: (name, lambda) => unknownArgument(name, file.path, lambda.start),
    }),
  );
  return walked instanceof BudgetExceeded ? [] : uses;
}

function namesTo(path: NamePath): string[] {
  const names: string[] = [];
  for (let at: NamePath | null = path; at !== null; at = at.parent) names.unshift(at.name?.text ?? '');
  return names;
}

function endsWith(names: readonly string[], { path }: RemovedOption): boolean {
  return (
    names.length >= path.length && path.every((name, i) => names[names.length - path.length + i] === name)
  );
}

/** Returns whether an inventory is clan's, by the names around it; other things have inventories and services, too. */
function isOfClan(names: readonly string[]): boolean {
  return names.every(name => /^(flake|config|outputs|)$|clan/i.test(name));
}

/**
 * Returns the index of the option's last name in a selection such as `config.clan.core.clanDir` or
 * `inputs.clan-core.clanModules`; -1 if the option is not read.
 */
function endOf(names: readonly string[], { path, before }: RemovedOption): number {
  const from = names.findIndex((_, start) => path.every((name, i) => names[start + i] === name));
  const end = from + path.length - 1;
  if (from < 0) return -1;
  if (before !== undefined && !before.includes(names[end + 1] ?? '')) return -1;
  if (path[0] === 'clan-core') return from === 0 || names[from - 1] === 'inputs' ? end : -1;
  return path[0] !== 'inventory' && /^(os)?[cC]onfig$/.test(names[from - 1] ?? '') ? end : -1;
}
