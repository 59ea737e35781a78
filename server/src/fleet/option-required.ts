/** Which options have no default and are not set. Says only what is certain. */
import { isGroup, nodeIn, type OptionGroup, type OptionLevel, type OptionType } from './option-tree.ts';
import { type Setting, settingAt } from './settings.ts';

/** The paths of options of a level that certainly have no value. Options of a group that is switched off are not among them. */
export function missingIn(level: OptionLevel, setting: Setting): string[][] {
  const found: string[][] = [];
  addGroup(found, level.options, setting, []);
  return found;
}

function addGroup(found: string[][], options: OptionGroup, setting: Setting, path: readonly string[]): void {
  if (!isSwitchedOn(options, setting)) return;
  for (const [name, node] of Object.entries(options)) {
    const inner = settingAt(setting, [name]);
    const own = [...path, name];
    if (isGroup(node)) {
      if (inner !== null) addGroup(found, node.group, inner ?? EMPTY, own);
    } else if (inner === undefined) {
      if (node.required === true && node.hidden !== true) found.push(own);
    } else if (inner !== null) addInside(found, node.type, inner, own);
  }
}

const EMPTY: Setting = { kind: 'set', entries: new Map(), complete: true };

/** What is below `enable` may be left out until that is true. */
function isSwitchedOn(options: OptionGroup, setting: Setting): boolean {
  if (nodeIn(options, 'enable') === null) return true;
  const enable = settingAt(setting, ['enable']);
  return enable?.kind === 'plain' && enable.value === true;
}

/** What the sets that a type takes lack. */
function addInside(found: string[][], type: OptionType, setting: Setting, path: readonly string[]): void {
  if (typeof type === 'string' || setting.kind !== 'set') return;
  if ('nullOr' in type) addInside(found, type.nullOr, setting, path);
  else if ('submodule' in type) addGroup(found, type.submodule.options, setting, path);
  else if ('attrsOf' in type)
    for (const [name, inner] of setting.entries) addInside(found, type.attrsOf, inner, [...path, name]);
}
