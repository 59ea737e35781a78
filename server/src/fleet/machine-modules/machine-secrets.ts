/**
 * What the modules of a machine declare of secrets. A module that leaves something open that the machine's options decide
 * is read once more with those; what is read is shared by all machines on which the same was asked and answered.
 */

import { sameItems } from '../../std.ts';
import type { MachineSecrets, ModuleSecrets } from '../model/secrets.ts';
import { mentionsSecrets } from '../secrets/secrets.ts';
import type { FollowedModules } from './machine-modules.ts';
import { type MachineOptions, settledFor } from './machine-options.ts';
import type { ModuleFacts } from './module-facts.ts';
import { secretsOf } from './module-sources.ts';
import type { TableState } from './module-table-state.ts';
import { isOpenSecrets } from './secret-statements.ts';
import { createSettled } from './settled.ts';

/** Returns what a machine declares; the same object as before while its modules say the same. */
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

/** Returns what a module says for all machines; null where it certainly says nothing. */
function generalSecrets(table: TableState, facts: ModuleFacts): ModuleSecrets | null {
  const { cache, files } = table;
  const path = facts.source === null ? facts.file : null;
  if (facts.file !== null && !mentionsSecrets(files.text(facts.file) ?? '')) return null;
  const known = path === null ? cache.ownSecrets.get(facts) : cache.secrets.get(path);
  if (known !== undefined) return known;
  const secrets = secretsOf(table, facts, null);
  if (path === null) cache.ownSecrets.set(facts, secrets);
  else cache.secrets.set(path, secrets);
  return secrets;
}

function settledSecrets(
  table: TableState,
  facts: ModuleFacts,
  general: ModuleSecrets,
  machine: MachineOptions,
): ModuleSecrets {
  const { settledSecrets: kept } = table.cache;
  const known = kept.get(general) ?? createSettled();
  kept.set(general, known);
  return settledFor(table.cx, machine, known, config => secretsOf(table, facts, config, general));
}
