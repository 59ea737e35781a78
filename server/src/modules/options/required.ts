/** Finds options that have no default and are not set. Reports only what is certain. */

import type { Setting } from '../settings.ts';
import { settingAt } from '../settings.ts';
import { typeOf } from './below.ts';
import type { OptionTree, OptionType } from './option.ts';

/** Returns the paths of options that certainly have no value, except in groups that are switched off. */
export function missingIn(tree: OptionTree, setting: Setting): string[][] {
  const paths: string[][] = [];
  addSet(paths, tree, setting, []);
  return paths;
}

function addSet(paths: string[][], { options }: OptionTree, setting: Setting, path: readonly string[]): void {
  if (!isSwitchedOn(options, setting)) return;
  for (const [name, option] of options) {
    const inner = settingAt(setting, [name]);
    const optionPath = [...path, name];
    const [declared, ...others] = option.declared;
    if (declared === undefined) {
      if (inner !== null) addSet(paths, option, inner ?? EMPTY, optionPath);
    } else if (inner === undefined) {
      if (!declared.hasDefault && declared.hidden !== true && others.length === 0) paths.push(optionPath);
    } else if (inner !== null) addInside(paths, typeOf(option), inner, optionPath);
  }
}

const EMPTY: Setting = { kind: 'set', entries: new Map(), complete: true };

/** Returns whether a group is switched on. While its `enable` is not true, its other options may be left out. */
function isSwitchedOn(options: OptionTree['options'], setting: Setting): boolean {
  if (!options.has('enable')) return true;
  const enable = settingAt(setting, ['enable']);
  return enable?.kind === 'plain' && enable.value === true;
}

/** Adds the missing options of the sets that a type contains. */
function addInside(paths: string[][], type: OptionType, setting: Setting, path: readonly string[]): void {
  if (setting.kind !== 'set') return;
  if (type.kind === 'null-or') addInside(paths, type.of, setting, path);
  else if (type.kind === 'submodule') addSet(paths, type.tree, setting, path);
  else if (type.kind === 'map')
    for (const [name, inner] of setting.entries) addInside(paths, type.of, inner, [...path, name]);
}
