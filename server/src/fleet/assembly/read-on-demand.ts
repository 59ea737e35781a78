/**
 * Reads facts that concern few files, on demand, from the files whose texts mention them. Facts are kept until a file
 * they were evaluated from changes.
 */

import { answering, type Evaluation } from '../../nix/eval/evaluation.ts';
import { noteFile } from '../../nix/eval/file-changes.ts';
import type { SourceFile } from '../../nix/source.ts';
import { type Database, type Query, query } from '../../query/database.ts';
import { sameItems } from '../../std.ts';
import { belongsToFleet } from '../machines/machines.ts';
import { mentionsRemoved, readRemoved } from '../machines/removed-options.ts';
import type { RemovedUse } from '../model/machines.ts';
import type { ClanSetting } from '../model/options.ts';
import type { AccessSetting, SecretFacts, StoreSettings } from '../model/secrets.ts';
import { mentionsClanSettings, readMachineSettings } from '../options/clan-settings.ts';
import { mentionsAccessSettings, readAccessSettings } from '../secrets/access-settings.ts';
import { mentionsSecrets } from '../secrets/secrets.ts';
import { readSecrets } from '../secrets/secrets-collect.ts';
import { joinStoreSettings, mentionsStoreSettings, readStoreSettings } from '../secrets/store-settings.ts';
import { stateOf } from './builder-state.ts';
import { GROUPS, textsWith } from './survey.ts';

/**
 * Returns a query for all facts of a kind that concerns few files.
 * @param isOfOthers true if files of other flakes below the root are read as well
 */
function factsOf<Fact>(
  name: string,
  mentions: (text: string) => boolean,
  read: (cx: Evaluation, file: SourceFile) => readonly Fact[],
  isOfOthers = false,
): Query<null, readonly Fact[]> {
  const mentioning = textsWith(name, mentions);
  const facts = query<string, readonly Fact[]>(name, (database, path) => {
    noteFile(database, path);
    const { evaluation, files } = stateOf(database);
    return answering(evaluation, path, () => {
      const file = files.parse(path);
      return file === null ? [] : read(evaluation, file);
    });
  });
  return query(
    `all ${name}`,
    database => {
      // Which files are of this flake is known by the groups.
      GROUPS(database, null);
      const { files } = stateOf(database);
      return mentioning(database, null)
        .filter(path => isOfOthers || belongsToFleet(files, path))
        .flatMap(path => facts(database, path));
    },
    { equals: sameItems },
  );
}

const SECRETS = factsOf<SecretFacts>('secrets', mentionsSecrets, (cx, file) => [readSecrets(cx, file)], true);
const STORE_SETTINGS = factsOf('settings of the store', mentionsStoreSettings, readStoreSettings);
const ACCESS_SETTINGS = factsOf('settings of access', mentionsAccessSettings, readAccessSettings);
const REMOVED = factsOf('removed options', mentionsRemoved, readRemoved);
const MACHINE_SETTINGS = factsOf('settings of clan', mentionsClanSettings, readMachineSettings);

const JOINED_SETTINGS = query<null, StoreSettings>('joined settings of the store', database =>
  joinStoreSettings(STORE_SETTINGS(database, null)),
);

/** Facts that are read when they are asked for; all but the secrets only of files of this flake. */
export interface FactsOnDemand {
  readonly secrets: () => readonly SecretFacts[];
  readonly storeSettings: () => StoreSettings;
  readonly accessSettings: () => readonly AccessSetting[];
  readonly machineSettings: () => readonly ClanSetting[];
  readonly removed: () => readonly RemovedUse[];
}

export function factsOnDemand(database: Database): FactsOnDemand {
  return {
    secrets: () => SECRETS(database, null),
    storeSettings: () => JOINED_SETTINGS(database, null),
    accessSettings: () => ACCESS_SETTINGS(database, null),
    machineSettings: () => MACHINE_SETTINGS(database, null),
    removed: () => REMOVED(database, null),
  };
}
