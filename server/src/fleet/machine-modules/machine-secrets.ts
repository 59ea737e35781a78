/**
 * Reads the secrets that the modules of a machine declare. A module that leaves something open that the machine's
 * options decide is read again with these; the results are shared by machines with the same answers.
 */

import { noteFile } from '../../nix/eval/file-changes.ts';
import { type Database, query } from '../../query/database.ts';
import type { MachineSecrets, ModuleSecrets } from '../model/secrets.ts';
import { NO_CONTEXT } from './contexts.ts';
import { fileModule } from './file-modules.ts';
import type { FollowedModules } from './machine-modules.ts';
import { type MachineOptions, settledFor } from './machine-options.ts';
import type { ModuleFacts } from './read-module.ts';
import { isOpenSecrets } from './secret-statements.ts';
import { createSettled } from './settled.ts';
import { secretsOf } from './sources.ts';
import { type TableState, tableOf } from './table-state.ts';

/** Returns the secrets of the machine that consists of the modules. */
export function machineSecrets(database: Database, followed: FollowedModules): MachineSecrets {
  const table = tableOf(database);
  const { complete, known } = followed.setting;
  let machine: MachineOptions | null = null;
  const settled = (facts: ModuleFacts, open: ModuleSecrets) => {
    machine ??= table.fixpoint.optionsOf(followed.modules, followed.allKnown && complete, known);
    return settledSecrets(table, facts, open, machine);
  };
  const modules = followed.modules.flatMap(({ facts, sure }) => {
    const general = generalSecrets(database, facts);
    if (general === null) return [];
    return [{ secrets: isOpenSecrets(general) ? settled(facts, general) : general, sure }];
  });
  return { modules, complete: followed.allKnown };
}

/** Returns the secrets that a module declares on all machines; null if it certainly declares none. */
function generalSecrets(database: Database, facts: ModuleFacts): ModuleSecrets | null {
  if (!facts.mayHaveSecrets) return null;
  if (facts.source === null && facts.file !== null) return SECRETS(database, facts.file);
  const table = tableOf(database);
  const { ownSecrets } = table.cache;
  const secrets = ownSecrets.get(facts) ?? secretsOf(table, facts, null);
  ownSecrets.set(facts, secrets);
  return secrets;
}

/** The secrets of modules that are files, and the same for all machines. */
const SECRETS = query<string, ModuleSecrets | null>('secrets of module', (database, path) => {
  noteFile(database, path);
  const module = fileModule(database, path, NO_CONTEXT);
  return module === null ? null : secretsOf(tableOf(database), module, null);
});

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
