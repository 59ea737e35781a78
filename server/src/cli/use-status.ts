/**
 * Whether what a use names exists, as far as is known. `undefined` is said only where a rule has proved it; what
 * is neither found nor proved to be missing is `unknown`.
 */
import type { Snapshot } from '../editor/snapshot.ts';
import { catalogueFile, isCatalogueGenerator } from '../fleet/catalogue.ts';
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

  const patterns = fleet.generators.filter(generator => generator.nameKind === 'pattern');

  return use => {
    const named = [...(generators.get(use.generator) ?? []), ...patterns].filter(generator =>
      mayBe(generator, use),
    );
    if (named.some(generator => hasFile(generator, use))) return 'resolved';
    if (use.generatorKind !== 'pattern' && isInCatalogue(use)) return 'catalogue';
    if (use.guarded) return 'guarded';
    const places = [use.at, use.generatorAt, ...(use.fileAt ? [use.fileAt] : [])];
    return places.some(place => proved.has(placeKey(place))) ? 'undefined' : 'unknown';
  };
}

/** One of clan-core's services declares it; a workspace may add files to such a generator. */
function isInCatalogue({ generator, fileName }: Use): boolean {
  return fileName === null ? isCatalogueGenerator(generator) : catalogueFile(generator, fileName) !== null;
}

function mayBe({ name }: Generator, use: Use): boolean {
  return name === use.generator || fits(name, use.generator) || fits(use.generator, name);
}

function hasFile(generator: Generator, { fileName }: Use): boolean {
  if (fileName === null) return true;
  return generator
    .body()
    .files.some(({ name }) => name === fileName || fits(name, fileName) || fits(fileName, name));
}

const HOLE = /\$\{(?:[^{}]|\{[^}]*\})*\}/;

/**
 * Could a name with holes be the other name? Only where it has letters of its own to tell: a name that is all hole
 * could be anything. Holes of the other name count as text.
 */
function fits(pattern: string, name: string): boolean {
  const parts = pattern.split(HOLE);
  if (parts.length === 1 || parts.join('').length < 3) return false;
  const quoted = parts.map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${quoted.join('.+')}$`, 's').test(name);
}

function placeKey({ file, start, end }: Place): string {
  return `${file}\0${start}\0${end}`;
}
