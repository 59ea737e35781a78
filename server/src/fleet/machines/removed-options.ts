/**
 * Where a file sets or reads options of clan's that are removed or have another name now. Options of generators are
 * not among them. Says where they are written; what to do about it is the rules' business. The options are in `data/removed-options.json`.
 */

import { unknownArgument } from '../../modules/modules.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import { fileScope } from '../../nix/eval/scopes.ts';
import { type NamePath, type WalkedBinding, walk } from '../../nix/eval/walk.ts';
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

/** The last names: a walk that looks around them sees all uses. Some of them are everywhere. */
const LAST_NAMES = new RegExp(
  anyOf(OPTIONS.flatMap(({ path, before = [] }) => [path.at(-1) ?? '', ...before])),
  'g',
);

/** What only files with such an option are likely to have. */
const MENTIONS = new RegExp(
  `${anyOf([...OPTIONS.filter(option => option.path.length === 3 || option.path.length === 1).map(option => option.path.at(-1) ?? ''), 'zerotier', 'passBackend', 'clanModules'])}|\\bclan\\.networking\\b|\\binventory\\b[^]{0,2000}?\\bservices\\b`,
);

export function mentionsRemoved(text: string): boolean {
  return MENTIONS.test(text);
}

/** Steps allowed for one file. */
const STEPS = 200_000;

/** Returns the removed options that one file uses, or none if that takes too long. */
export function readRemoved(cx: Evaluation, file: SourceFile): RemovedUse[] {
  const uses: RemovedUse[] = [];
  const offsets = [...file.text.matchAll(LAST_NAMES)].map(match => match.index);
  const isOfInterest = (range: Range) => offsets.some(at => range.start <= at && at < range.end);

  function note(option: RemovedOption, at: Range, isRead: boolean): void {
    if (uses.some(use => use.at.start === at.start)) return;
    uses.push({ option, at: { file: file.path, start: at.start, end: at.end }, isRead });
  }

  function binding({ state, isLet }: WalkedBinding): void {
    const path = state.path as NamePath;
    if (isLet) return;
    const names = namesTo(path);
    if (names.includes('options')) return;
    for (const option of OPTIONS) {
      if (option.path[0] === 'clan-core') continue;
      // An option with others of its name is known by the one that follows.
      const follows = option.before !== undefined;
      const own = follows ? path.parent : path;
      if (own === null || !endsWith(follows ? names.slice(0, -1) : names, option)) continue;
      if (follows && option.before?.includes(names.at(-1) ?? '') !== true) continue;
      if (option.path[0] === 'inventory' && !isOfClan(names.slice(0, -2))) continue;
      if (own.at.file === file) note(option, own.at, false);
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

/** Returns whether the names around an inventory are clan's: other things have inventories, and services, too. */
function isOfClan(names: readonly string[]): boolean {
  return names.every(name => /^(flake|config|outputs|)$|clan/i.test(name));
}

/** `config.clan.core.clanDir`, `inputs.clan-core.clanModules`: where the option's last name is; -1 if it is not read. */
function endOf(names: readonly string[], { path, before }: RemovedOption): number {
  const from = names.findIndex((_, start) => path.every((name, i) => names[start + i] === name));
  const end = from + path.length - 1;
  if (from < 0) return -1;
  if (before !== undefined && !before.includes(names[end + 1] ?? '')) return -1;
  if (path[0] === 'clan-core') return from === 0 || names[from - 1] === 'inputs' ? end : -1;
  return path[0] !== 'inventory' && /^(os)?[cC]onfig$/.test(names[from - 1] ?? '') ? end : -1;
}
