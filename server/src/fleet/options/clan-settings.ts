/**
 * Reads the settings of how a clan keeps its vars: `clan.core.vars` and `clan.core.sops` of machines, `vars.settings`
 * and `secrets.age` of the clan. `clan-options.ts` has the options that exist.
 */

import { unknownArgument } from '../../modules/modules.ts';
import type { WrittenEntry } from '../../modules/options/option.ts';
import { readEntry } from '../../modules/options/written.ts';
import { definitionsOf } from '../../modules/read.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import { fileScope } from '../../nix/eval/scopes.ts';
import type { AttrsValue } from '../../nix/eval/value.ts';
import { type NamePath, type WalkedBinding, walk } from '../../nix/eval/walk.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { Range } from '../../nix/syntax.ts';
import type { ClanSetting } from '../model/options.ts';
import { machineOf } from '../secrets/store-settings.ts';

const NOTHING: WrittenEntry = { at: null, optional: false, definitions: [] };

/** The evaluation steps allowed for one file. */
const STEPS = 200_000;

/**
 * Matches a possible setting below `clan.core.vars` or `clan.core.sops` other than generators, which most files of a
 * fleet have.
 */
const SETTING = /\bcore"?\s*(?:=|\.\s*"?(?:vars|sops)"?\s*(?:=|\.\s*(?!"?generators\b)))/;

export function mentionsClanSettings(text: string): boolean {
  return text.includes('clan') && SETTING.test(text);
}

/** Returns the machine settings in one file; empty if they take too long to evaluate. */
export function readMachineSettings(cx: Evaluation, file: SourceFile): ClanSetting[] {
  const settings: ClanSetting[] = [];
  const offsets = [...file.text.matchAll(/\b(vars|sops)\b/g)].map(match => match.index);
  const isOfInterest = (range: Range) => offsets.some(at => range.start <= at && at < range.end);

  function binding({ state, isLet, value }: WalkedBinding): void {
    const path = state.path as NamePath;
    const name = path.name?.text;
    if (isLet || name == null) return;
    const [option, core, clan, ...around] = namesAbove(path);
    if (core !== 'core' || clan !== 'clan' || (option !== 'vars' && option !== 'sops')) return;
    // Generators have a schema of their own.
    if (option === 'vars' && name === 'generators') return;
    const isDeclaration = around.includes('options');
    const entry = isDeclaration ? NOTHING : readEntry(cx, { value: value(), at: path.at, optional: false });
    settings.push({
      root: `clan.core.${option}`,
      name,
      entry,
      conditional: state.conditional,
      machine: machineOf(path, file.path),
      isDeclaration,
    });
  }

  const state = { scope: fileScope(cx, file), path: null, conditional: false };
  const walked = withBudget(cx, STEPS, () =>
    walk(cx, file.root, state, {
      enter: (expr, { path }) => isOfInterest(expr) || isBelow(path),
      binding,
      parameter: (name, lambda) => unknownArgument(name, file.path, lambda.start),
    }),
  );
  return walked instanceof BudgetExceeded ? [] : settings;
}

/** Returns whether a path is that of an option whose value is read here. */
function isBelow(path: NamePath | null): boolean {
  if (path?.name?.text !== 'vars' && path?.name?.text !== 'sops') return false;
  const [core, clan] = namesAbove(path);
  return core === 'core' && clan === 'clan';
}

/** Returns the names in front of the last one of a path, innermost first. */
function namesAbove({ parent }: NamePath): (string | null)[] {
  const names: (string | null)[] = [];
  for (let at = parent; at !== null; at = at.parent) names.push(at.name?.text ?? null);
  return names;
}

/** Returns the settings in one set of the clan's own options. */
export function clanSettingsIn(cx: Evaluation, clan: AttrsValue, conditional: boolean): ClanSetting[] {
  return [
    ...below(cx, clan, conditional, 'vars', 'settings'),
    ...below(cx, clan, conditional, 'secrets', 'age'),
  ];
}

function below(
  cx: Evaluation,
  clan: AttrsValue,
  conditional: boolean,
  outer: 'vars' | 'secrets',
  inner: 'settings' | 'age',
): ClanSetting[] {
  const root = outer === 'vars' ? 'vars.settings' : 'secrets.age';
  const clanSettings: ClanSetting[] = [];
  for (const value of setsAt(cx, clan, outer))
    for (const set of setsAt(cx, value, inner))
      for (const [name, entry] of set.entries)
        clanSettings.push({
          root,
          name,
          entry: readEntry(cx, entry),
          conditional,
          machine: null,
          isDeclaration: false,
        });
  return clanSettings;
}

function setsAt(cx: Evaluation, set: AttrsValue, name: string): AttrsValue[] {
  const entry = set.entries.get(name);
  if (entry === undefined) return [];
  return definitionsOf(cx, entry.value).flatMap(({ value }) => (value.kind === 'attrs' ? [value] : []));
}
