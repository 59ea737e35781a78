/**
 * Finds the readers of a generator's files, for rules about files stored where nobody needs them. Partly known
 * uses count for everything that they may read.
 */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { Use } from '../../../fleet/model/uses.ts';
import { patternOf } from '../../../modules/name-patterns.ts';
import { addToList } from '../../../std.ts';
import { derived } from '../../memory/derived.ts';
import { inUnits } from '../../memory/per-unit.ts';
import { usesByGenerator } from '../fleet-facts.ts';

interface PatternUses {
  readonly uses: readonly Use[];
  readonly pattern: RegExp;
}

const patternUses = inUnits(({ uses }) => uses.filter(isVague));

/** Uses of generators whose name is not fully known. */
const vagueUses = derived((fleet): readonly PatternUses[] => {
  const byName = new Map<string, Use[]>();
  for (const use of patternUses(fleet)) {
    if (!use.generator.includes('${')) continue;
    addToList(byName, use.generator, use);
  }
  return [...byName].map(([name, uses]) => ({ uses, pattern: patternOf(name) }));
});

function isVague({ generatorKind }: Use): boolean {
  return generatorKind === 'pattern';
}

/** Returns all uses that read or may read a file of a generator. */
export function usesOf(fleet: Fleet, generator: string, file: string): readonly Use[] {
  const certain = usesByGenerator(fleet)
    .get(generator)
    .filter(use => !isVague(use) && mayRead(use, file));
  const perhaps = vagueUses(fleet).flatMap(({ uses, pattern }) =>
    pattern.test(generator) ? uses.filter(use => mayRead(use, file)) : [],
  );
  return [...certain, ...perhaps];
}

/** Returns whether a file of a generator is read, or may be. */
export function isUsed(fleet: Fleet, generator: string, file: string): boolean {
  return (
    usesByGenerator(fleet).some(generator, use => !isVague(use) && mayRead(use, file)) ||
    vagueUses(fleet).some(
      ({ uses, pattern }) => pattern.test(generator) && uses.some(use => mayRead(use, file)),
    )
  );
}

/**
 * Returns whether a file is used and every use reads only its path, so that the file may be secret. A use by a
 * partly known name matches the generator with the same pattern.
 */
export function isByPathOnly(fleet: Fleet, generator: string, file: string): boolean {
  const uses = generator.includes('${')
    ? usesOfFitting(fleet, generator, file)
    : usesOf(fleet, generator, file);
  return (
    uses.some(use => !isVague(use) || use.generator === generator) &&
    uses.every(use => use.attribute === 'path')
  );
}

/** Returns all uses that may refer to a file of a generator with a partly known name. */
function usesOfFitting(fleet: Fleet, generator: string, file: string): readonly Use[] {
  const pattern = patternOf(generator);
  const mayBeIt = (use: Use) => isVague(use) || pattern.test(use.generator);
  return [...fleet.units.values()].flatMap(({ uses }) =>
    uses.filter(use => mayBeIt(use) && mayRead(use, file)),
  );
}

function mayRead({ fileName, fileKind }: Use, file: string): boolean {
  if (fileName === null || fileName === file) return true;
  return fileKind === 'pattern' && patternOf(fileName).test(file);
}
