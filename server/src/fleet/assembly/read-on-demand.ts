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
import type { FileGroups } from './survey.ts';
import type { TextFacts } from './texts.ts';

/** A kind of facts that concerns few files. */
export interface Kind<Facts> extends Question<Facts | null> {
  /** Returns whether a text mentions facts of this kind. */
  readonly has: (text: string) => boolean;
  /** True if files of other flakes below the root are ignored. */
  readonly own: boolean;
  readonly read: (cx: Evaluation, file: SourceFile) => Facts;
  /** The answers of `has`, by examined text. */
  readonly mentioned: WeakMap<TextFacts, boolean>;
}

export const SECRETS: Kind<SecretFacts> = {
  name: 'secrets',
  has: mentionsSecrets,
  own: false,
  read: readSecrets,
  mentioned: new WeakMap(),
};
export const STORE_SETTINGS: Kind<readonly StoreSetting[]> = {
  name: 'settings of the store',
  has: mentionsStoreSettings,
  own: true,
  read: readStoreSettings,
  mentioned: new WeakMap(),
};
export const ACCESS_SETTINGS: Kind<readonly AccessSetting[]> = {
  name: 'settings of access',
  has: mentionsAccessSettings,
  own: true,
  read: readAccessSettings,
  mentioned: new WeakMap(),
};
export const REMOVED: Kind<readonly RemovedUse[]> = {
  name: 'removed options',
  has: mentionsRemoved,
  own: true,
  read: readRemoved,
  mentioned: new WeakMap(),
};

export const MACHINE_SETTINGS: Kind<readonly ClanSetting[]> = {
  name: 'settings of clan',
  has: mentionsClanSettings,
  own: true,
  read: readMachineSettings,
  mentioned: new WeakMap(),
};

/** The files that facts are read from. */
export interface FactSources {
  readonly files: NixFiles;
  readonly cx: Evaluation;
  readonly paths: FileGroups['paths'];
  readonly texts: ReadonlyMap<string, TextFacts>;
}

/**
 * Returns the facts of one kind from all files that mention it. They are kept until a file they were evaluated from
 * changes.
 */
export function readEach<Facts>(
  { files, cx, paths, texts }: FactSources,
  answers: FileAnswers,
  kind: Kind<Facts>,
): Facts[] {
  const all: Facts[] = [];
  for (const path of paths) {
    const text = texts.get(path);
    if (text === undefined || !mentions(text, kind)) continue;
    if (kind.own && !belongsToFleet(files, path)) continue;
    const facts = answers.ask(kind, path, () => {
      const file = files.parse(path);
      return file === null ? null : kind.read(cx, file);
    });
    if (facts !== null) all.push(facts);
  }
  return all;
}

function mentions(text: TextFacts, { has, mentioned }: Pick<Kind<unknown>, 'has' | 'mentioned'>): boolean {
  let answer = mentioned.get(text);
  if (answer === undefined) {
    answer = has(text.text);
    mentioned.set(text, answer);
  }
  return answer;
}
