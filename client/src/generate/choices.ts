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

/** A generator in one placement, or a heading for those that follow. */
export type GeneratorChoice =
  | { readonly kind: 'heading'; readonly label: string }
  | {
      readonly kind: 'generator';
      readonly label: string;
      readonly description: string;
      readonly picked: boolean;
      /** `shared/<name>` or `per-machine/<machine>/<name>`, or only the name if Nix alone can tell which. */
      readonly key: string;
      /** A machine that has the generator. */
      readonly machine: string;
    };

/**
 * Returns the generators of machines: shared ones first, then those of each machine.
 * @param preselect true to initially select those that are not generated
 */
export function generatorChoices(
  machines: readonly { readonly machine: string; readonly generators: readonly FleetGenerator[] }[],
  preselect: boolean,
): GeneratorChoice[] {
  const shared = new Map<string, GeneratorChoice>();
  const list: GeneratorChoice[] = [];
  for (const { machine, generators } of machines) {
    const before = list.length;
    for (const generator of generators) {
      const choice = choiceOf(generator, machine, preselect);
      if (generator.share === true) shared.set(choice.key, shared.get(choice.key) ?? choice);
      else list.push(choice);
    }
    if (list.length > before) list.splice(before, 0, { kind: 'heading', label: machine });
  }
  return [
    ...(shared.size > 0 ? [{ kind: 'heading' as const, label: l10n.t('shared') }] : []),
    ...shared.values(),
    ...list,
  ];
}

function choiceOf(
  { name, share, state, stateText, files, prompts }: FleetGenerator,
  machine: string,
  preselect: boolean,
) {
  const isLacking = state === 'missing' || state === 'partial' || state === 'outdated';
  const words = [
    files.map(file => file.name).join(', '),
    isLacking ? stateText : '',
    prompts.length > 0 ? l10n.t('asks') : '',
  ];
  return {
    kind: 'generator' as const,
    label: name,
    description: words.filter(Boolean).join(' · '),
    picked: preselect && isLacking,
    key: share === null ? name : share ? `shared/${name}` : `per-machine/${machine}/${name}`,
    machine,
  };
}

export interface FileChoice {
  readonly label: string;
  readonly description: string;
  readonly generator: string;
  readonly file: FleetFile;
}

/**
 * Returns the files of a machine's generators.
 * @param onlyPublic true for files that are certainly not secret
 */
export function fileChoices(generators: readonly FleetGenerator[], onlyPublic: boolean): FileChoice[] {
  return generators.flatMap(({ name, files }) =>
    files
      .filter(file => !onlyPublic || (file.secret === false && file.stored !== false))
      .map(file => ({
        label: `${name}/${file.name}`,
        description: [
          file.secret === false ? l10n.t('public') : l10n.t('secret'),
          file.stored === false ? file.stateText : '',
        ]
          .filter(Boolean)
          .join(' · '),
        generator: name,
        file,
      })),
  );
}
