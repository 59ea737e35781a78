/** Builds the lists of machines, generators and files to choose from. Plain data in and out. */
import { l10n } from 'vscode';
import type { FleetFile, FleetGenerator, FleetMachine } from '../protocol/fleet.ts';

export interface MachineChoice {
  readonly label: string;
  readonly description: string;
  /** True if it is initially selected. */
  readonly picked: boolean;
}

/** Returns the machines. Those with something to generate are initially selected. */
export function machineChoices(machines: readonly FleetMachine[]): MachineChoice[] {
  return machines.map(({ name, lacking, summary }) => ({
    label: name,
    description: summary,
    picked: lacking > 0,
  }));
}

/** The generators of a machine. */
export interface MachineGenerators {
  readonly machine: string;
  readonly generators: readonly FleetGenerator[];
}

/** A generator in one placement. Each row says of itself whose it is, as screen readers read rows one by one. */
export interface GeneratorChoice {
  readonly label: string;
  readonly description: string;
  readonly picked: boolean;
  /** `shared/<name>` or `per-machine/<machine>/<name>`, or only the name if Nix alone can tell which. */
  readonly key: string;
  /** A machine that has the generator. */
  readonly machine: string;
}

/**
 * Returns the generators of machines: shared ones first, then those of each machine.
 * @param preselect true to initially select those that are not generated
 */
export function generatorChoices(
  machines: readonly MachineGenerators[],
  preselect: boolean,
): GeneratorChoice[] {
  return placements(machines).map(({ machine, sharedBy, generator }) => {
    const { name, share, state, stateText, files, prompts } = generator;
    const isLacking = state === 'missing' || state === 'partial' || state === 'outdated';
    return {
      label: name,
      description: described([
        sharedBy.length > 0 ? sharedText(sharedBy) : machines.length > 1 ? machine : '',
        files.map(file => file.name).join(', '),
        stateText,
        prompts.length > 0 ? l10n.t('asks') : '',
      ]),
      picked: preselect && isLacking,
      key: share === null ? name : share ? `shared/${name}` : `per-machine/${machine}/${name}`,
      machine,
    };
  });
}

/** A generator of a machine, or a shared one. */
interface Placement {
  /** A machine that has it. */
  readonly machine: string;
  /** All machines that share it; empty if it is not shared. */
  readonly sharedBy: readonly string[];
  readonly generator: FleetGenerator;
}

/** Returns shared generators once, then those of each machine. */
function placements(machines: readonly MachineGenerators[]): Placement[] {
  const shared = new Map<string, Placement & { sharedBy: string[] }>();
  const perMachine: Placement[] = [];
  for (const { machine, generators } of machines)
    for (const generator of generators) {
      const first = shared.get(generator.name);
      if (generator.share !== true) perMachine.push({ machine, sharedBy: [], generator });
      else if (first === undefined) shared.set(generator.name, { machine, sharedBy: [machine], generator });
      else first.sharedBy.push(machine);
    }
  return [...shared.values(), ...perMachine];
}

/** Returns the machines that share a generator; empty if it is not shared. */
export function sharersOf(machines: readonly MachineGenerators[], name: string): readonly string[] {
  return placements(machines).find(({ generator }) => generator.name === name)?.sharedBy ?? [];
}

/** Returns "shared by 3 machines". */
function sharedText({ length }: readonly string[]): string {
  return length === 1 ? l10n.t('shared') : l10n.t('shared by {0} machines', length);
}

function described(words: readonly string[]): string {
  return words.filter(Boolean).join(' · ');
}

/** A file of a generator in one placement. */
export interface FileChoice {
  readonly label: string;
  readonly description: string;
  readonly machine: string;
  readonly sharedBy: readonly string[];
  readonly generator: string;
  readonly file: FleetFile;
}

/**
 * Returns the files of the generators of machines, those of shared generators first and once.
 * @param onlyPublic true for files that are certainly not secret
 */
export function fileChoices(machines: readonly MachineGenerators[], onlyPublic: boolean): FileChoice[] {
  return placements(machines).flatMap(({ machine, sharedBy, generator: { name, files } }) =>
    files
      .filter(file => !onlyPublic || (file.secret === false && file.stored !== false))
      .map(file => ({
        label: sharedBy.length > 0 ? `${name}/${file.name}` : `${machine} · ${name}/${file.name}`,
        description: described([
          sharedBy.length > 0 ? sharedText(sharedBy) : '',
          file.secret === false ? l10n.t('public') : l10n.t('secret'),
          file.stored === false ? file.stateText : '',
        ]),
        ...{ machine, sharedBy, generator: name, file },
      })),
  );
}
