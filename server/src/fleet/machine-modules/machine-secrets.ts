/**
 * Reads the secrets that the modules of a machine declare. A module that leaves something open that the machine's
 * options decide is read again with these; the results are shared by machines with the same answers.
 */

import { sameItems } from '../../std.ts';
import type { MachineSecrets, ModuleSecrets } from '../model/secrets.ts';
import { mentionsSecrets } from '../secrets/secrets.ts';
import type { FollowedModules } from './machine-modules.ts';
import { type MachineOptions, settledFor } from './machine-options.ts';
import type { ModuleFacts } from './read-module.ts';
import { isOpenSecrets } from './secret-statements.ts';
import { createSettled } from './settled.ts';
import { secretsOf } from './sources.ts';
import type { TableState } from './table-state.ts';

/** Returns the secrets of a machine; the same object as before if its modules declare the same. */
export function machineSecrets(table: TableState, followed: FollowedModules): MachineSecrets {
  const { machineSecrets: kept } = table.cache;
  const modules = followed.modules.flatMap(({ facts, sure }) => {
    const general = generalSecrets(table, facts);
    return general === null ? [] : [{ facts, general, sure }];
  });
  const general = modules.map(module => module.general);
  const before = kept.get(followed);
  if (before !== undefined && sameItems(before.general, general)) return before.secrets;
  const { complete, known } = followed.setting;
  let machine: MachineOptions | null = null;
  const settled = (facts: ModuleFacts, open: ModuleSecrets) => {
    machine ??= table.fixpoint.optionsOf(followed.modules, followed.allKnown && complete, known);
    return settledSecrets(table, facts, open, machine);
  };
  const secrets = {
    modules: modules.map(module => ({
      secrets: isOpenSecrets(module.general) ? settled(module.facts, module.general) : module.general,
      sure: module.sure,
    })),
    complete: followed.allKnown,
  };
  kept.set(followed, { general, secrets });
  return secrets;
}

/** Returns the secrets that a module declares on all machines; null if it certainly declares none. */
function generalSecrets(table: TableState, facts: ModuleFacts): ModuleSecrets | null {
  const { cache, files } = table;
  const path = facts.source === null ? facts.file : null;
  const isMentioned = () => facts.file === null || mentionsSecrets(files.text(facts.file) ?? '');
  if (path === null && !isMentioned()) return null;
  const kept = path === null ? cache.ownSecrets.get(facts) : cache.secrets.get(path);
  if (kept !== undefined) return kept;
  const secrets = path === null || isMentioned() ? secretsOf(table, facts, null) : null;
  if (path !== null) cache.secrets.set(path, secrets);
  else if (secrets !== null) cache.ownSecrets.set(facts, secrets);
  return secrets;
}

function settledSecrets(
  table: TableState,
  facts: ModuleFacts,
  general: ModuleSecrets,
  machine: MachineOptions,
): ModuleSecrets {
  const { settledSecrets: kept } = table.cache;
  const results = kept.get(general) ?? createSettled();
  kept.set(general, results);
  return settledFor(table.cx, machine, results, config => secretsOf(table, facts, config, general));
}
