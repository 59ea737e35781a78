/**
 * Reads the setting of the store for secrets: `vars.settings.secretStore` of the clan,
 * `clan.core.vars.settings.secretStore` of a machine. Knows settings, not stored files.
 *
 * Source: clan-core d7c35d912, modules/clan/vars/settings-opts.nix; machines inherit the clan's setting.
 */

import { unknownArgument } from '../../modules/modules.ts';
import { definitionsOf } from '../../modules/read.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import { fileScope } from '../../nix/eval/scopes.ts';
import { type NamePath, type WalkedBinding, walk } from '../../nix/eval/walk.ts';
import { placeIn, placeOf } from '../../nix/places.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { StoreSetting, StoreSettings } from '../model/secrets.ts';
import { prefilterOf } from '../uses/prefilter.ts';

/** The evaluation steps allowed for one setting. */
const STEPS = 200_000;

export function mentionsStoreSettings(text: string): boolean {
  return text.includes('secretStore');
}

/** Returns the settings in one file. If evaluation exceeds the budget, the setting is unknown. */
export function readStoreSettings(cx: Evaluation, file: SourceFile): StoreSetting[] {
  const settings: StoreSetting[] = [];
  const places = [...file.text.matchAll(/\bsecretStore\b/g)].map(match => match.index);
  const interesting = prefilterOf(file, places);
  const note = (walked: WalkedBinding) => {
    const path = walked.state.path as NamePath;
    const level = levelOf(path);
    if (walked.isLet || level === null) return;
    const machine = level === 'clan' ? null : machineOf(path, file.path);
    for (const { value, conditional } of definitionsOf(cx, walked.value()))
      settings.push({
        value: value.kind === 'string' ? value.text : null,
        at: placeOf((value.kind === 'string' ? value.origin : null) ?? path.at),
        conditional: conditional || walked.state.conditional,
        of: level,
        machine,
      });
  };
  const state = { scope: fileScope(cx, file), path: null, conditional: false };
  const result = withBudget(cx, STEPS, () =>
    walk(cx, file.root, state, {
      enter: interesting,
      binding(walked) {
        if (walked.state.path?.name?.text === 'secretStore') note(walked);
      },
      parameter: (name, lambda) => unknownArgument(name, file.path, lambda.start),
    }),
  );
  if (result instanceof BudgetExceeded) {
    const at = placeIn(file, file.root);
    settings.push({ value: null, at, conditional: true, of: 'clan', machine: null });
  }
  return settings;
}

/**
 * Returns the level of the setting that a path ends in; `null` for other options and for the declaration of the option.
 */
function levelOf(path: NamePath): StoreSetting['of'] | null {
  const names: (string | null)[] = [];
  for (let at: NamePath | null = path; at !== null; at = at.parent) names.push(at.name?.text ?? null);
  if (names.includes('options') || names[1] !== 'settings' || names[2] !== 'vars') return null;
  return names[3] === 'core' ? 'machine' : 'clan';
}

const MACHINE_SETS = new Set(['machines', 'nixosConfigurations', 'darwinConfigurations']);

/**
 * Returns the machine that a setting belongs to: it is set below `machines.<name>`, or in a file below
 * `machines/<name>/`. Null if it is neither.
 */
export function machineOf(path: NamePath, file: string): string | null {
  for (let at: NamePath | null = path; at !== null; at = at.parent)
    if (at.name?.text != null && MACHINE_SETS.has(at.parent?.name?.text ?? '')) return at.name.text;
  return /^machines\/([^/]+)\//.exec(file)?.[1] ?? null;
}

/** Joins the settings of all files of the fleet's own flake. */
export function joinStoreSettings(all: readonly StoreSetting[]): StoreSettings {
  const clan = onlyValue(all.filter(setting => setting.of === 'clan'));
  return {
    all,
    clan,
    likely: onlyValue(all.filter(setting => setting.of === 'machine' && setting.machine === null)),
    of(machine) {
      const ofMachine = all.filter(setting => setting.machine === machine);
      return ofMachine.length > 0 ? onlyValue(ofMachine) : clan;
    },
  };
}

function onlyValue(settings: readonly StoreSetting[]): string | null {
  const [first] = settings;
  const agreed = settings.every(setting => setting.value === first?.value);
  return first !== undefined && agreed && settings.some(setting => !setting.conditional) ? first.value : null;
}
