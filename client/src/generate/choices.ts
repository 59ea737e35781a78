/** Builds the list of generators that a run can be limited to. Plain data in and out. */
import { l10n } from 'vscode';
import type { FleetFile, FleetGenerator, FleetMachine } from '../protocol/fleet.ts';

export interface MachineChoice {
  readonly label: string;
  readonly description: string;
  /** Chosen to begin with. */
  readonly picked: boolean;
}

/** Machines, those with something to generate chosen already. */
export function machineChoices(machines: readonly FleetMachine[]): MachineChoice[] {
  return machines.map(({ name, lacking, summary }) => ({
    label: name,
    description: summary,
    picked: lacking > 0,
  }));
}

/** A generator in its place, or the heading of those that follow. */
export type GeneratorChoice =
  | { readonly kind: 'heading'; readonly label: string }
  | {
      readonly kind: 'generator';
      readonly label: string;
      readonly description: string;
      readonly picked: boolean;
      /** `shared/<name>` or `per-machine/<machine>/<name>`; the name where only Nix can tell which. */
      readonly key: string;
      /** A machine that has it. */
      readonly machine: string;
    };

/**
 * Generators of machines: shared ones first and once, then each machine's own.
 * @param preselect those that are not generated are chosen already
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

/** The files of a machine's generators. @param onlyPublic those that are certainly no secrets */
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
