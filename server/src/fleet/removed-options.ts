/**
 * Where a file sets or reads options of clan's that are removed or have another name now. Options of generators are
 * not among them. Says where they are written; what to do about it is the rules' business.
 *
 * Source: clan-core d7c35d912, nixosModules/clanCore/{deprecated,deprecations,networking,options}.nix,
 * modules/inventoryClass/inventory.nix, and the history of clanModules/.
 */
import { BudgetExceeded } from '../nix/eval/budget.ts';
import { type Evaluation, withBudget } from '../nix/eval/evaluation.ts';
import { fileScope } from '../nix/eval/scopes.ts';
import { type NamePath, type WalkedBinding, walk } from '../nix/eval/walk.ts';
import type { SourceFile } from '../nix/source.ts';
import type { Range, SelectExpr } from '../nix/syntax.ts';
import type { Place } from './model.ts';
import { unknownArgument } from './modules.ts';

/** An option that there is no more. */
export interface RemovedOption {
  readonly path: readonly string[];
  /** What to write instead of the last name of the path; null if the option has no successor of that kind. */
  readonly successor: string | null;
  /** The day of the first commit without it, or with the new name. */
  readonly date: string;
  /** False where the old name still works, with a warning. */
  readonly gone: boolean;
  /** What to do instead, as a sentence. */
  readonly instead: string;
  /** Only before one of these names: other things are called so too. */
  readonly before?: readonly string[];
}

/** A place that uses such an option. */
export interface RemovedUse {
  readonly option: RemovedOption;
  /** The last name of the option's path. */
  readonly at: Place;
  readonly isRead: boolean;
}

const renamed = (name: string, to: string, date: string): RemovedOption => ({
  path: ['clan', 'core', name],
  successor: to,
  date,
  gone: false,
  instead: `It is called \`clan.core.${to}\` now.`,
});

const gone = (path: readonly string[], date: string, instead: string): RemovedOption => ({
  path,
  successor: null,
  date,
  gone: true,
  instead,
});

const SERVICES = 'Use an instance of a service in `inventory.instances`.';
const ZEROTIER_OPTIONS = [
  ['networkId'],
  ['controller', 'enable'],
  ['controller', 'public'],
  ['moon', 'stableEndpoints'],
  ['moon', 'orbitMoons'],
  ['settings'],
];
const ZEROTIER = 'Set up the roles of an instance of zerotier in `inventory.instances`.';
const CORE = ['clan', 'core'] as const;

const OPTIONS: readonly RemovedOption[] = [
  gone(['inventory', 'services'], '2026-05-29', SERVICES),
  gone(['clan-core', 'clanModules'], '2025-08-14', SERVICES),
  gone(
    [...CORE, 'facts'],
    '2025-12-09',
    'Facts became vars: declare a generator in `clan.core.vars.generators`.',
  ),
  gone([...CORE, 'clanName'], '2024-08-06', 'Read `clan.core.settings.name`.'),
  gone([...CORE, 'clanIcon'], '2024-08-06', 'Read `clan.core.settings.icon`.'),
  gone([...CORE, 'secretStore'], '2025-12-09', 'Set `vars.settings.secretStore` of the clan.'),
  gone([...CORE, 'secretsPrefix'], '2025-12-09', 'Nothing takes its place.'),
  gone([...CORE, 'secretsDirectory'], '2025-12-09', 'Nothing takes its place.'),
  gone([...CORE, 'secretsUploadDirectory'], '2025-12-09', 'Set `clan.core.vars.sops.secretUploadDirectory`.'),
  gone(
    [...CORE, 'vars', 'settings', 'passBackend'],
    '2025-07-06',
    'Set `clan.core.vars.password-store.passCommand`.',
  ),
  ...ZEROTIER_OPTIONS.map(names =>
    gone([...CORE, 'networking', 'zerotier', ...names], '2026-05-22', ZEROTIER),
  ),
  renamed('clanDir', 'settings.directory', '2024-12-31'),
  renamed('machineName', 'settings.machine.name', '2025-12-18'),
  renamed('machineDescription', 'settings.machine.description', '2025-12-18'),
  renamed('machineIcon', 'settings.machine.icon', '2025-12-18'),
  {
    path: ['clanCore'],
    successor: 'clan.core',
    date: '2024-07-05',
    gone: false,
    instead: 'It is called `clan.core` now.',
    before: ['vars', 'facts', 'networking', 'settings', 'state', 'clanDir', 'clanName', 'machineName'],
  },
  {
    path: ['clan', 'networking'],
    successor: 'core.networking',
    date: '2024-07-05',
    gone: false,
    instead: 'It is called `clan.core.networking` now.',
    before: ['targetHost', 'buildHost', 'zerotier'],
  },
];

const anyOf = (names: readonly string[]): string => `\\b(?:${[...new Set(names)].join('|')})\\b`;

/** The last names: a walk that looks around them sees all uses. Some of them are everywhere. */
const LAST_NAMES = new RegExp(
  anyOf(OPTIONS.flatMap(({ path, before = [] }) => [path.at(-1) ?? '', ...before])),
  'g',
);
/** What only files with such an option are likely to have. */
const MENTIONS = new RegExp(
  `${anyOf([...OPTIONS.filter(one => one.path.length === 3 || one.path.length === 1).map(one => one.path.at(-1) ?? ''), 'zerotier', 'passBackend', 'clanModules'])}|\\bclan\\.networking\\b|\\binventory\\b[^]{0,2000}?\\bservices\\b`,
);

export function mentionsRemoved(text: string): boolean {
  return MENTIONS.test(text);
}

/** Steps allowed for one file. */
const STEPS = 200_000;

/** What one file uses; nothing where that takes too long. */
export function readRemoved(cx: Evaluation, file: SourceFile): RemovedUse[] {
  const found: RemovedUse[] = [];
  const offsets = [...file.text.matchAll(LAST_NAMES)].map(match => match.index);
  const isOfInterest = (range: Range) => offsets.some(at => range.start <= at && at < range.end);

  function note(option: RemovedOption, at: Range, isRead: boolean): void {
    if (found.some(one => one.at.start === at.start)) return;
    found.push({ option, at: { file: file.path, start: at.start, end: at.end }, isRead });
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
  return walked instanceof BudgetExceeded ? [] : found;
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

/** Names around an inventory that is clan's: other things have inventories, and services, too. */
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
