/**
 * Reads generators of exports, `exports.<key>.generators.<name>` of the clan. They belong to the flake and not to a
 * machine; their values are stored in `vars/per-export/<key>/<name>/`.
 *
 * Source: clan-core d7c35d912, modules/clan/export-modules/generators.nix.
 */

import { moduleSets, optionSets } from '../../modules/clan-modules.ts';
import type { ArgumentLookup } from '../../modules/modules.ts';
import type { Evaluation } from '../../nix/eval/evaluation.ts';
import type { AttrsValue } from '../../nix/eval/value.ts';
import { placeOf } from '../../nix/places.ts';
import type { ExportGenerator } from '../model/services.ts';

/** Reads the generators of exports from one set of the clan's options. Unknown ones are left out. */
export function exportGenerators(
  cx: Evaluation,
  clan: AttrsValue,
  specialArgs: ArgumentLookup,
): ExportGenerator[] {
  const generators: ExportGenerator[] = [];
  for (const all of optionSets(cx, clan, 'exports').definitions)
    for (const [key, entry] of all.set.entries)
      for (const moduleSet of moduleSets(cx, entry.value, specialArgs).sets)
        for (const { set } of optionSets(cx, moduleSet.set, 'generators').definitions)
          for (const [name, { at }] of set.entries)
            if (at !== null) generators.push({ key, name, at: placeOf(at) });
  return generators;
}
