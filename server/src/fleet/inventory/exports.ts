/**
 * Generators of exports: `exports.<key>.generators.<name>` of the clan. They are the flake's and no machine's; what they
 * make lies in `vars/per-export/<key>/<name>/`. Says which there are.
 *
 * Source: clan-core d7c35d912, modules/clan/export-modules/generators.nix.
 */

import { moduleSets, optionSets } from '../../modules/clan-modules.ts';
import type { Given } from '../../modules/modules.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { AttrsValue } from '../../nix/eval/value.ts';
import { placeOf } from '../../nix/places.ts';
import type { ExportGenerator } from '../model/services.ts';

/** Those of one set of the clan's own options. What is not known is left out. */
export function exportGenerators(cx: Evaluation, clan: AttrsValue, given: Given): ExportGenerator[] {
  const generators: ExportGenerator[] = [];
  for (const all of optionSets(cx, clan, 'exports').found)
    for (const [key, entry] of all.set.entries)
      for (const moduleSet of moduleSets(cx, entry.value, given).sets)
        for (const { set } of optionSets(cx, moduleSet.set, 'generators').found)
          for (const [name, { at }] of set.entries)
            if (at !== null) generators.push({ key, name, at: placeOf(at) });
  return generators;
}
