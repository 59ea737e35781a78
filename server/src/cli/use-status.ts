/**
 * Whether what a use names exists, as far as is known. `undefined` is said only where a rule has proved it; what
 * is neither found nor proved to be missing is `unknown`.
 */
import type { Snapshot } from '../editor/snapshot.ts';
import { isCatalogueGenerator } from '../fleet/catalogue.ts';
import type { Generator, Place, Use } from '../fleet/model.ts';

export type UseStatus = 'resolved' | 'catalogue' | 'undefined' | 'guarded' | 'unknown';

const PROOFS = new Set(['use/undefined-generator', 'use/undefined-file']);

/** Answers for all uses of a snapshot. */
export function statusesIn({ fleet, findings }: Snapshot): (use: Use) => UseStatus {
  const generators = new Map<string, Generator[]>();
  for (const generator of fleet.generators) {
    generators.set(generator.name, [...(generators.get(generator.name) ?? []), generator]);
  }
  const proved = new Set<string>();
  for (const finding of [...findings.values()].flat()) {
    if (PROOFS.has(finding.rule)) proved.add(placeKey(finding.at));
  }

  return use => {
    const named = (generators.get(use.generator) ?? []).filter(generator => isSame(generator, use));
    if (named.some(generator => hasFile(generator, use))) return 'resolved';
    if (named.length === 0 && use.generatorKind !== 'pattern' && isCatalogueGenerator(use.generator)) {
      return 'catalogue';
    }
    if (use.guarded) return 'guarded';
    const places = [use.at, use.generatorAt, ...(use.fileAt ? [use.fileAt] : [])];
    return places.some(place => proved.has(placeKey(place))) ? 'undefined' : 'unknown';
  };
}

/** A name with holes is the same only where the holes mean the same, that is, in one file. */
function isSame(generator: Generator, use: Use): boolean {
  if (use.generatorKind !== 'pattern') return generator.nameKind !== 'pattern';
  return (
    generator.nameKind === 'pattern' &&
    generator.definitions.some(({ at, via }) => [at, ...via].some(({ file }) => file === use.at.file))
  );
}

function hasFile(generator: Generator, { fileName }: Use): boolean {
  return fileName === null || generator.body().files.some(({ name }) => name === fileName);
}

function placeKey({ file, start, end }: Place): string {
  return `${file}\0${start}\0${end}`;
}
