/**
 * Reads the settings that choose who can decrypt secrets: `clan.core.sops.defaultGroups` of machines and, for the age
 * backend, `vars.settings.recipients` of the clan. Also reads the program that opens a password store,
 * `clan.core.vars.password-store.passCommand` of machines. Knows settings, not stored files.
 *
 * Source: clan-core d7c35d912, nixosModules/clanCore/{sops,vars/secret/password-store}.nix and
 * modules/clan/vars/settings-opts.nix.
 */

import { unknownArgument } from '../../modules/modules.ts';
import type { Setting } from '../../modules/settings.ts';
import { readSetting } from '../../modules/settings.ts';
import { BudgetExceeded } from '../../nix/eval/budget.ts';
import { type Evaluation, withBudget } from '../../nix/eval/evaluation.ts';
import { fileScope } from '../../nix/eval/scopes.ts';
import { type NamePath, type WalkedBinding, walk } from '../../nix/eval/walk.ts';
import { placeIn, placeOf } from '../../nix/places.ts';
import type { SourceFile } from '../../nix/source.ts';
import type { AccessSetting } from '../model/secrets.ts';
import { prefilterOf } from '../uses/prefilter.ts';
import { machineOf } from './store-settings.ts';

const OPTIONS = ['defaultGroups', 'recipients.default', 'recipients.hosts', 'passCommand'] as const;

/** The evaluation steps allowed for one file. */
const STEPS = 200_000;

export function mentionsAccessSettings(text: string): boolean {
  return text.includes('defaultGroups') || text.includes('recipients') || text.includes('passCommand');
}

/** Returns the settings in one file. If evaluation exceeds the budget, every option is set to an unknown value. */
export function readAccessSettings(cx: Evaluation, file: SourceFile): AccessSetting[] {
  const settings: AccessSetting[] = [];
  const places = [...file.text.matchAll(/\b(defaultGroups|recipients|passCommand)\b/g)].map(
    match => match.index,
  );
  const interesting = prefilterOf(file, places);
  const note = (walked: WalkedBinding) => {
    const path = walked.state.path;
    if (walked.isLet || path === null) return;
    const names = namesOf(path);
    if (names.includes('options')) return;
    const [name, above, third] = names;
    const add = (option: AccessSetting['option'], machine: string | null, value: Setting) =>
      settings.push({
        option,
        machine,
        names: walked.state.conditional ? null : option === 'passCommand' ? oneText(value) : textsIn(value),
        at: placeOf(path.at),
      });
    const value = () => readSetting(cx, walked.value());
    if (name === 'defaultGroups' && above === 'sops')
      add('defaultGroups', machineOf(path, file.path), value());
    else if (name === 'passCommand' && above === 'password-store')
      add('passCommand', machineOf(path, file.path), value());
    else if (above === 'recipients' && third === 'settings' && name === 'default')
      add('recipients.default', null, value());
    else if (third === 'recipients' && above === 'hosts') add('recipients.hosts', name ?? null, value());
    else if (above === 'recipients' && third === 'settings' && name === 'hosts') addHosts(value(), add);
  };
  const state = { scope: fileScope(cx, file), path: null, conditional: false };
  const result = withBudget(cx, STEPS, () =>
    walk(cx, file.root, state, {
      enter: interesting,
      binding: note,
      parameter: (name, lambda) => unknownArgument(name, file.path, lambda.start),
    }),
  );
  if (result instanceof BudgetExceeded) {
    const at = placeIn(file, file.root);
    for (const option of OPTIONS) settings.push({ option, machine: null, names: null, at });
  }
  return settings;
}

function addHosts(
  hosts: Setting,
  add: (option: AccessSetting['option'], machine: string | null, value: Setting) => void,
): void {
  if (hosts.kind !== 'set' || !hosts.complete) add('recipients.hosts', null, hosts);
  if (hosts.kind === 'set')
    for (const [machine, value] of hosts.entries) add('recipients.hosts', machine, value);
}

/** Returns the names of a path, innermost first. */
function namesOf(path: NamePath): (string | null)[] {
  const names: (string | null)[] = [];
  for (let at: NamePath | null = path; at !== null; at = at.parent) names.push(at.name?.text ?? null);
  return names;
}

function textsIn(value: Setting): string[] | null {
  if (value.kind !== 'list' || !value.complete) return null;
  const texts = value.items.flatMap(item =>
    item.kind === 'plain' && typeof item.value === 'string' ? [item.value] : [],
  );
  return texts.length === value.items.length ? texts : null;
}

function oneText(value: Setting): string[] | null {
  return value.kind === 'plain' && typeof value.value === 'string' ? [value.value] : null;
}
