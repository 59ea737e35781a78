/**
 * colmena: a hive is a set of nodes, each a module, with `defaults` for all of them and `meta` for the hive itself.
 * It is in the outputs `colmena` and `colmenaHive` of a flake, or in `hive.nix`.
 */

import { certain } from '../../modules/read.ts';
import { attr, attrs, attrsOf, string } from '../../nix/eval/construct.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { Attr, AttrsValue, Lazy } from '../../nix/eval/value.ts';
import { systemOf } from './layout.ts';

/** Attributes of a hive that are not nodes. */
const OTHERS = new Set(['meta', 'network', 'defaults']);

/** Returns the nodes of a hive as systems by name, or `null` if the value is no hive. */
export function nodesOf(cx: Evaluation, hive: Lazy): AttrsValue | null {
  const set = cx.resolve(cx.force(hive));
  if (set.kind !== 'attrs' || ![...OTHERS].some(name => set.entries.has(name))) return null;
  const defaults = certain(set, 'defaults');
  const nodes = new Map<string, Attr>();
  for (const [name, entry] of set.entries) {
    if (OTHERS.has(name)) continue;
    const made = systemOf(
      {
        builder: 'nixosSystem',
        modules: [...(defaults === null ? [] : [defaults.value]), entry.value],
        specialArgs: attrsOf({ name: string(name, null) }, null),
        system: null,
      },
      entry.at,
    );
    nodes.set(name, attr(made, entry.at, entry.optional));
  }
  return attrs(nodes, set.origin, set.open, set.patterns);
}
