/**
 * Generators of exports: `exports.<key>.generators.<name>` of the clan. They are the flake's and no machine's; what they
 * make lies in `vars/per-export/<key>/<name>/`. Says which there are.
 *
 * Source: clan-core d7c35d912, modules/clan/export-modules/generators.nix.
 */
import type { Evaluation } from '../nix/eval/evaluation.ts';
import type { AttrsValue } from '../nix/eval/value.ts';
import { moduleSets, optionSets } from './clan-modules.ts';
import type { Place } from './model.ts';
import type { Given } from './modules.ts';
import { placeOf } from './places.ts';

export interface ExportGenerator {
  /** The export: `service:instance:role:machine`. */
  readonly key: string;
  readonly name: string;
  readonly at: Place;
}

/** Those of one set of the clan's own options. What is not known is left out. */
export function exportGenerators(cx: Evaluation, clan: AttrsValue, given: Given): ExportGenerator[] {
  const found: ExportGenerator[] = [];
  for (const all of optionSets(cx, clan, 'exports').found)
    for (const [key, entry] of all.set.entries)
      for (const one of moduleSets(cx, entry.value, given).sets)
        for (const { set } of optionSets(cx, one.set, 'generators').found)
          for (const [name, { at }] of set.entries)
            if (at !== null) found.push({ key, name, at: placeOf(at) });
  return found;
}
