/**
 * Reads the options that a module and its imports declare, for modules that are values of their own, such as a
 * service's settings. A part that cannot be read may declare anything.
 */
import { isClosed } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { AttrsValue, Lazy } from '../../nix/eval/value.ts';
import { placeOf } from '../../nix/places.ts';
import { moduleSets } from '../clan-modules.ts';
import type { ArgumentLookup } from '../modules.ts';
import { definitionsOf } from '../read.ts';
import type { OptionTree } from './option.ts';
import { mergeTrees, OPEN, readTree, withDefaults } from './tree.ts';

/** Attributes of modules that set no values. */
const NO_VALUES: ReadonlySet<string> = new Set([
  'options',
  'imports',
  '_file',
  '_class',
  'key',
  'disabledModules',
]);
/** Limit for nested submodules, deeper than in real code. */
const MAX_DEPTH = 8;

export function readLevel(cx: Evaluation, module: Lazy, lookup: ArgumentLookup, depth = 0): OptionTree {
  if (depth > MAX_DEPTH) return OPEN;
  const { sets, gap } = moduleSets(cx, module, lookup);
  const trees: OptionTree[] = [];
  let isWhole = gap === null;
  let defines = false;
  for (const { set, conditional } of sets) {
    if (conditional || !isClosed(set) || mayBeFree(cx, set)) isWhole = false;
    if ([...set.entries.keys()].some(name => !NO_VALUES.has(name))) defines = true;
    const entry = set.entries.get('options');
    if (entry === undefined) continue;
    if (entry.optional) isWhole = false;
    const at = entry.at === null ? null : placeOf(entry.at);
    trees.push(readTree(cx, entry.value, at, inner => readLevel(cx, inner, lookup, depth + 1)));
  }
  const tree = mergeTrees(trees);
  const settled = defines ? withDefaults(tree) : tree;
  return isWhole ? settled : { ...settled, open: true };
}

/** Returns whether the module may allow values for names that are not its options. */
function mayBeFree(cx: Evaluation, set: AttrsValue): boolean {
  if (set.entries.has('freeformType') || set.entries.has('_module')) return true;
  const config = set.entries.get('config');
  if (config === undefined) return false;
  return definitionsOf(cx, config.value).some(
    ({ value }) => value.kind !== 'attrs' || !isClosed(value) || value.entries.has('_module'),
  );
}
