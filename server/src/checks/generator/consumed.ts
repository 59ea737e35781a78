/**
 * Who reads a generator's files, for rules about files that lie where nobody needs them. Uses that are not fully known
 * count for everything that they may read.
 */
import type { Fleet, Use } from '../../fleet/model.ts';
import { patternOf, usesByGenerator } from '../facts.ts';
import { derived } from '../memory/derived.ts';

interface Vague {
  readonly uses: readonly Use[];
  readonly pattern: RegExp;
}

/** Uses of generators with a name that is not wholly known. */
const vagueUses = derived((fleet): readonly Vague[] =>
  [...usesByGenerator(fleet)].flatMap(([name, all]) => {
    const uses = name.includes('${') ? all.filter(isVague) : [];
    return uses.length === 0 ? [] : [{ uses, pattern: patternOf(name) }];
  }),
);

function isVague({ generatorKind }: Use): boolean {
  return generatorKind === 'pattern';
}

/** All uses that read, or may read, a file of a generator. */
export function usesOf(fleet: Fleet, generator: string, file: string): readonly Use[] {
  const certain = (usesByGenerator(fleet).get(generator) ?? []).filter(
    use => !isVague(use) && mayRead(use, file),
  );
  const perhaps = vagueUses(fleet).flatMap(({ uses, pattern }) =>
    pattern.test(generator) ? uses.filter(use => mayRead(use, file)) : [],
  );
  return [...certain, ...perhaps];
}

function mayRead({ fileName, fileKind }: Use, file: string): boolean {
  if (fileName === null || fileName === file) return true;
  return fileKind === 'pattern' && patternOf(fileName).test(file);
}
