/** Finds mistakes in clan's own options for storing vars, for the rules about them. */

import type { ClanSetting } from '../../../fleet/model/options.ts';
import { CLAN_OPTIONS, MACHINE_OPTIONS, treeOf } from '../../../fleet/options/clan-options.ts';
import type { OptionTree } from '../../../modules/options/option.ts';
import type { CheckContext } from '../../rule.ts';
import { firstTime } from '../fleet-facts.ts';
import { isOtherClanCore } from '../inventory/clan-core-version.ts';
import { type Problem, problemsIn } from './option-fit.ts';

export interface SettingProblem {
  readonly setting: ClanSetting;
  readonly problem: Problem;
}

const TREES: ReadonlyMap<ClanSetting['root'], OptionTree> = new Map(
  Object.entries({ ...CLAN_OPTIONS, ...MACHINE_OPTIONS }).map(([root, options]) => [
    root as ClanSetting['root'],
    treeOf(options),
  ]),
);

/**
 * Yields the problems, each place once. Yields none if clan-core is a fork or the workspace itself, or if the
 * workspace declares these names.
 */
export function* settingProblems({ fleet, sources }: CheckContext): Iterable<SettingProblem> {
  const settings = fleet.clanSettings;
  if (settings.length === 0 || isOtherClanCore(sources)) return;
  const declaredNames = new Set(
    settings.filter(setting => setting.isDeclaration).map(({ root, name }) => `${root}.${name}`),
  );
  const isNew = firstTime();
  for (const setting of settings) {
    const { root, name, entry, conditional } = setting;
    const tree = TREES.get(root);
    if (setting.isDeclaration || tree === undefined || declaredNames.has(`${root}.${name}`)) continue;
    for (const problem of problemsIn(tree, new Map([[name, entry]]), root.split('.'), entry.at, conditional))
      if (isNew(problem)) yield { setting, problem };
  }
}
