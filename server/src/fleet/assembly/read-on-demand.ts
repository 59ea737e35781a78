/**
 * Reads facts that concern few files, on demand, from the files whose texts mention them. Facts are kept until a file
 * they were evaluated from changes.
 */

import { answering, type Evaluation } from '../../nix/eval/evaluation.ts';
import type { SourceFile } from '../../nix/source.ts';
import { type Database, type Query, query } from '../../query/database.ts';
import { noteFile } from '../machine-modules/module-database.ts';
import { belongsToFleet } from '../machines/machines.ts';
import { mentionsRemoved, readRemoved } from '../machines/removed-options.ts';
import type { RemovedUse } from '../model/machines.ts';
import type { ClanSetting } from '../model/options.ts';
import type { AccessSetting, SecretFacts, StoreSetting } from '../model/secrets.ts';
import { mentionsClanSettings, readMachineSettings } from '../options/clan-settings.ts';
import { mentionsAccessSettings, readAccessSettings } from '../secrets/access-settings.ts';
import { mentionsSecrets } from '../secrets/secrets.ts';
import { readSecrets } from '../secrets/secrets-collect.ts';
import { mentionsStoreSettings, readStoreSettings } from '../secrets/store-settings.ts';
import { stateOf } from './builder-state.ts';
import { type TextQuery, textsWith } from './survey.ts';

/** A kind of facts that concerns few files. */
interface Kind<Facts> {
  /** The files whose texts mention facts of this kind. */
  readonly mentioning: TextQuery;
  /** The facts in one file; null if it cannot be read. */
  readonly facts: Query<string, Facts | null>;
}

function kind<Facts>(
  name: string,
  mentions: (text: string) => boolean,
  read: (cx: Evaluation, file: SourceFile) => Facts,
): Kind<Facts> {
  return {
    mentioning: textsWith(name, mentions),
    facts: query(name, (database, path) => {
      noteFile(database, path);
      const { evaluation, files } = stateOf(database);
      return answering(evaluation, path, () => {
        const file = files.parse(path);
        return file === null ? null : read(evaluation, file);
      });
    }),
  };
}

const SECRETS = kind('secrets', mentionsSecrets, readSecrets);
const STORE_SETTINGS = kind('settings of the store', mentionsStoreSettings, readStoreSettings);
const ACCESS_SETTINGS = kind('settings of access', mentionsAccessSettings, readAccessSettings);
const REMOVED = kind('removed options', mentionsRemoved, readRemoved);
const MACHINE_SETTINGS = kind('settings of clan', mentionsClanSettings, readMachineSettings);

/** Facts that are read when they are asked for; all but the secrets only of files of this flake. */
export interface FactsOnDemand {
  readonly secrets: () => readonly SecretFacts[];
  readonly storeSettings: () => readonly StoreSetting[];
  readonly accessSettings: () => readonly AccessSetting[];
  readonly machineSettings: () => readonly ClanSetting[];
  readonly removed: () => readonly RemovedUse[];
}

export function factsOnDemand(database: Database): FactsOnDemand {
  const { files } = stateOf(database);
  const everywhere = <Facts>({ mentioning, facts }: Kind<Facts>, isRead = (_path: string) => true): Facts[] =>
    mentioning(database, null).flatMap(path => {
      const read = isRead(path) ? facts(database, path) : null;
      return read === null ? [] : [read];
    });
  const ofThisFlake = <Facts>(of: Kind<readonly Facts[]>): Facts[] =>
    everywhere(of, path => belongsToFleet(files, path)).flat();
  return {
    secrets: () => everywhere(SECRETS),
    storeSettings: () => ofThisFlake(STORE_SETTINGS),
    accessSettings: () => ofThisFlake(ACCESS_SETTINGS),
    machineSettings: () => ofThisFlake(MACHINE_SETTINGS),
    removed: () => ofThisFlake(REMOVED),
  };
}
