/**
 * What files say of something that few of them have to do with: read when somebody asks, from those whose texts mention
 * it, and kept until one that was read changes.
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
import type { FileGroups } from './survey.ts';
import type { TextFacts } from './texts.ts';

/** What files say of something that few of them have to do with. */
export interface Kind<Facts> {
  /** Does the text mention it? */
  readonly has: (text: string) => boolean;
  /** Of this flake alone? */
  readonly own: boolean;
  readonly read: (cx: Evaluation, file: SourceFile) => Facts;
  /** Which texts mention it, as far as they have been asked. */
  readonly mentioned: WeakMap<TextFacts, boolean>;
}

export const SECRETS: Kind<SecretFacts> = {
  has: mentionsSecrets,
  own: false,
  read: readSecrets,
  mentioned: new WeakMap(),
};
export const STORE_SETTINGS: Kind<readonly StoreSetting[]> = {
  has: mentionsStoreSettings,
  own: true,
  read: readStoreSettings,
  mentioned: new WeakMap(),
};
export const ACCESS_SETTINGS: Kind<readonly AccessSetting[]> = {
  has: mentionsAccessSettings,
  own: true,
  read: readAccessSettings,
  mentioned: new WeakMap(),
};
export const REMOVED: Kind<readonly RemovedUse[]> = {
  has: mentionsRemoved,
  own: true,
  read: readRemoved,
  mentioned: new WeakMap(),
};

export const MACHINE_SETTINGS: Kind<readonly ClanSetting[]> = {
  has: mentionsClanSettings,
  own: true,
  read: readMachineSettings,
  mentioned: new WeakMap(),
};

/** What each file of a kind says, kept until one that it read changes. Read when somebody asks. */
export function readEach<Facts>(
  files: NixFiles,
  cx: Evaluation,
  { paths }: FileGroups,
  texts: ReadonlyMap<string, TextFacts>,
  kept: Map<string, Facts>,
  kind: Kind<Facts>,
): Facts[] {
  const found: Facts[] = [];
  for (const path of paths) {
    const text = texts.get(path);
    if (text === undefined) continue;
    let has = kind.mentioned.get(text);
    if (has === undefined) {
      has = kind.has(text.text);
      kind.mentioned.set(text, has);
    }
    if (!has || (kind.own && !belongsToFleet(files, path))) continue;
    const known = kept.get(path);
    const file = known === undefined ? files.parse(path) : null;
    const facts = known ?? (file && kind.read(cx, file));
    if (facts == null) continue;
    kept.set(path, facts);
    found.push(facts);
  }
  return found;
}
