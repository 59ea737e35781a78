/**
 * Which files may declare what a use reads, and which machines certainly have none of them. A declaration of which the
 * names are not known may be of any name, but only on machines that have its module.
 */

import type { Fleet } from '../../../fleet/model/fleet.ts';
import type { MachineModules } from '../../../fleet/model/machines.ts';
import type { NamesAbove, SecretFacts, SecretUse } from '../../../fleet/model/secrets.ts';
import { patternOf } from '../../../fleet/secrets/secrets-join.ts';
import { readersOf } from '../use/reading-machines.ts';

/** A file that may declare it. */
interface Declaring {
  readonly file: string;
  /** The file is a module, and what declares it stands right in that. */
  readonly isModule: boolean;
}

/** Returns the files that may declare what a use reads. */
export function declaringFiles(fleet: Fleet, use: SecretUse): readonly Declaring[] {
  const found: Declaring[] = [];
  for (const facts of fleet.secrets) {
    const above = declarationsOf(facts, use);
    if (above.length > 0) found.push({ file: facts.file, isModule: above.every(isPlain) });
  }
  return found;
}

/** Returns what leads to each declaration of a file that may be it; null for one of which the names are not known. */
function declarationsOf(
  { definitions, templates, gaps }: SecretFacts,
  { keeper, of, name }: SecretUse,
): readonly (NamesAbove | null)[] {
  const named =
    of === 'template' ? templates : definitions.filter(definition => definition.keeper === keeper);
  const levels: (NamesAbove | null)[] = named
    .filter(one => one.name === name || (one.nameKind === 'pattern' && patternOf(one.name).test(name)))
    .map(({ above }) => above);
  if (gaps.some(gap => gap.keeper === keeper)) levels.push(null);
  return levels;
}

function isPlain(above: NamesAbove | null): boolean {
  return above === null || above.length === 0 || (above.length === 1 && above[0] === 'config');
}

/**
 * Returns the machines that read the use's module and have certainly none of the files; none where a machine's modules
 * are not all known, or where it is not known what a file is part of.
 */
export function machinesWithout(
  fleet: Fleet,
  file: string,
  declaring: readonly Declaring[],
): readonly string[] {
  const readers = readersOf(fleet, file);
  if (readers === null) return [];
  if (declaring.some(declaration => !declaration.isModule || readersOf(fleet, declaration.file) === null))
    return [];
  const homes = new Set(fleet.homes);
  const modules = fleet.modules;
  return readers.certain.filter(machine => {
    const own = homes.has(machine) ? undefined : modules.get(machine);
    return (
      own?.complete === true &&
      own.files.includes(file) &&
      !declaring.some(declaration => hasFile(own, declaration.file))
    );
  });
}

function hasFile({ files, possibleFiles, homeFiles }: MachineModules, file: string): boolean {
  return [files, possibleFiles, homeFiles].some(list => list.includes(file));
}
