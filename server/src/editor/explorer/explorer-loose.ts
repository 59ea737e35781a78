/** Says why generators belong to no known machine. Pure. */
import { quoted } from '../../checks/facts/wording.ts';
import type { Fleet } from '../../fleet/model/fleet.ts';
import type { Generator } from '../../fleet/model/generators.ts';

/** The place of such a generator in the explorer. */
export interface Loose {
  /** The file that declares it. */
  readonly file: string;
  /** The reason in a few words, and in a sentence. */
  readonly why: string;
  readonly sentence: string;
}

interface Reason extends Pick<Loose, 'why' | 'sentence'> {
  /** True if Nix knows its machines. */
  readonly askable: boolean;
}

/** Returns where a generator without a known machine is declared, and the reason why no machine is known. */
export function looseOf(fleet: Fleet, generator: Generator): Loose {
  const { why, sentence } = reasonOf(fleet, generator);
  return { file: fileOf(generator), why, sentence };
}

/** Returns whether asking Nix may find the machines of some of these generators. False once it was asked. */
export function isAskable(fleet: Fleet, generators: readonly Generator[]): boolean {
  return fleet.nix === null && generators.some(generator => reasonOf(fleet, generator).askable);
}

function fileOf({ definitions }: Generator): string {
  return definitions[0]?.at.file ?? '';
}

function reasonOf(fleet: Fleet, generator: Generator): Reason {
  const { nameKind, possibleMachines, machines } = generator;
  const file = fileOf(generator);
  if (possibleMachines.length > 0)
    return {
      why: `perhaps on ${few(possibleMachines)}`,
      sentence: 'A condition or an import decides whether machines have it, which Nix alone knows.',
      askable: true,
    };
  if (machines !== null)
    return { why: 'on no machine', sentence: 'No machine has the module that declares it.', askable: false };
  if (nameKind === 'pattern')
    return {
      why: 'name is computed',
      sentence: 'Its name has a part that Nix alone knows, and with it the machines.',
      askable: true,
    };
  if (!isImported(fleet, file))
    return {
      why: 'import not known',
      sentence: `No machine is known to import ${file}, but some imports are known to Nix alone.`,
      askable: true,
    };
  return { why: 'machines not known', sentence: 'Nix alone knows which machines have it.', askable: true };
}

function isImported({ modules }: Fleet, file: string): boolean {
  return [...modules.values()].some(
    ({ files, possibleFiles }) => files.includes(file) || possibleFiles.includes(file),
  );
}

function few(machines: readonly string[]): string {
  return machines.length > 3 ? `${machines.length} machines` : quoted(machines).replaceAll('"', '');
}
