/**
 * Reads facts that concern few files, on demand, from the files whose texts mention them. Facts are kept until a file
 * they were evaluated from changes.
 */

import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { NixFiles } from '../../nix/eval/value.ts';
import type { SourceFile } from '../../nix/source.ts';
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
import type { FileAnswers, Question } from './file-answers.ts';
import { type Survey, type TextQuery, textsWith } from './survey.ts';

/** A kind of facts that concerns few files. */
export interface Kind<Facts> extends Question<Facts | null> {
  /** The files whose texts mention facts of this kind. */
  readonly mentioning: TextQuery;
  /** True if files of other flakes below the root are ignored. */
  readonly own: boolean;
  readonly read: (cx: Evaluation, file: SourceFile) => Facts;
}

export const SECRETS: Kind<SecretFacts> = {
  name: 'secrets',
  mentioning: textsWith('secrets', mentionsSecrets),
  own: false,
  read: readSecrets,
};
export const STORE_SETTINGS: Kind<readonly StoreSetting[]> = {
  name: 'settings of the store',
  mentioning: textsWith('settings of the store', mentionsStoreSettings),
  own: true,
  read: readStoreSettings,
};
export const ACCESS_SETTINGS: Kind<readonly AccessSetting[]> = {
  name: 'settings of access',
  mentioning: textsWith('settings of access', mentionsAccessSettings),
  own: true,
  read: readAccessSettings,
};
export const REMOVED: Kind<readonly RemovedUse[]> = {
  name: 'removed options',
  mentioning: textsWith('removed options', mentionsRemoved),
  own: true,
  read: readRemoved,
};

export const MACHINE_SETTINGS: Kind<readonly ClanSetting[]> = {
  name: 'settings of clan',
  mentioning: textsWith('settings of clan', mentionsClanSettings),
  own: true,
  read: readMachineSettings,
};

/** The files that facts are read from. */
export interface FactSources {
  readonly files: NixFiles;
  readonly cx: Evaluation;
  readonly survey: Survey;
}

/**
 * Returns the facts of one kind from all files that mention it. They are kept until a file they were evaluated from
 * changes.
 */
export function readEach<Facts>(
  { files, cx, survey }: FactSources,
  answers: FileAnswers,
  kind: Kind<Facts>,
): Facts[] {
  const all: Facts[] = [];
  for (const path of survey.filesWith(kind.mentioning)) {
    if (kind.own && !belongsToFleet(files, path)) continue;
    const facts = answers.ask(kind, path, () => {
      const file = files.parse(path);
      return file === null ? null : kind.read(cx, file);
    });
    if (facts !== null) all.push(facts);
  }
  return all;
}
