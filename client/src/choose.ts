/** Asks what a command is about: which fleet, machines, generators, file. Each gives null where the person went away. */
import { l10n, QuickPickItemKind, Uri, window } from 'vscode';
import { fileChoices, generatorChoices, machineChoices } from './choices.ts';
import { fileCount } from './counts.ts';
import { pickSome } from './pick-some.ts';
import {
  EVERYTHING,
  type FleetFile,
  type FleetGenerator,
  type FleetRoot,
  fleetRequest,
  type GenerateTarget,
  type MachineParams,
  machineRequest,
} from './protocol.ts';
import type { Server } from './server.ts';

export type Target = GenerateTarget;

/** A generator to be tried; on the first machine that has it where `machine` is null. */
export interface OneTried {
  readonly root: string;
  readonly machine: string | null;
  readonly generator: string;
}

/** A generator of a machine. */
export interface OneGenerator {
  readonly root: string;
  readonly machine: string;
  readonly generator: string;
}

export interface OneFile extends OneGenerator {
  readonly file: FleetFile;
}

export interface Chooser {
  root(): Promise<FleetRoot | null>;
  /** @param preselect what is not generated is chosen already */
  target(preselect: boolean): Promise<Target | null>;
  machine(title: string): Promise<{ readonly root: string; readonly machine: string } | null>;
  generator(): Promise<OneGenerator | null>;
  file(title: string, onlyPublic: boolean): Promise<OneFile | null>;
}

/**
 * For lists and boxes: where the page of a tab is open, it may take the focus when the palette or the list before
 * closes, which is no wish to stop.
 */
export const STAYS = { ignoreFocusOut: true } as const;

/** Asks which one where there are several. */
export async function pickRoot(roots: readonly FleetRoot[]): Promise<FleetRoot | null> {
  if (roots.length < 2) return roots[0] ?? null;
  const items = roots.map(root => ({ label: root.name, description: Uri.parse(root.uri).fsPath, root }));
  return (await window.showQuickPick(items, { ...STAYS, title: l10n.t('Fleet') }))?.root ?? null;
}

/** The innermost root that a file lies in, and the file's path there; null where it lies in none. */
export function rootAround(
  roots: readonly FleetRoot[],
  file: Uri,
): { readonly root: FleetRoot; readonly path: string } | null {
  let found: { readonly root: FleetRoot; readonly path: string } | null = null;
  for (const root of roots) {
    // Not as texts: the editor escapes more in an address than the server does.
    const { scheme, path } = Uri.parse(root.uri);
    if (scheme !== file.scheme || !file.path.startsWith(`${path}/`)) continue;
    const inside = file.path.slice(path.length + 1);
    if (found === null || inside.length < found.path.length) found = { root, path: inside };
  }
  return found;
}

function noGenerators(machines: readonly string[]): string {
  return machines.length === 0
    ? l10n.t('No machine is known here, so there is nothing to generate.')
    : l10n.t('No generator is declared for {0}, so there is nothing to generate.', machines.join(', '));
}

export function chooser(server: Server): Chooser {
  async function root(): Promise<FleetRoot | null> {
    const roots = (await server.request<FleetRoot[] | null>(fleetRequest, { filter: EVERYTHING })) ?? [];
    if (roots.length === 0)
      void window.showInformationMessage(l10n.t('No fleet is open: there is nothing to generate.'));
    return pickRoot(roots);
  }

  async function generatorsOf(rootUri: string, machine: string): Promise<readonly FleetGenerator[]> {
    const params: MachineParams = { root: rootUri, machine, filter: EVERYTHING };
    return (await server.request<FleetGenerator[] | null>(machineRequest, params)) ?? [];
  }

  /** The generators of all these machines. */
  function generatorsOfEach(rootUri: string, names: readonly string[]) {
    return Promise.all(
      names.map(async machine => ({ machine, generators: await generatorsOf(rootUri, machine) })),
    );
  }

  async function machines(of: FleetRoot): Promise<readonly string[] | null> {
    if (of.machines.length === 1) return of.machines.map(machine => machine.name);
    const picked = await pickSome(machineChoices(of.machines), {
      title: l10n.t('Vars of which machines?'),
      placeholder: l10n.t('Those with something to generate are chosen already'),
      empty: l10n.t('No machine is chosen. Choose at least one, or press Escape to leave.'),
    });
    return picked?.map(choice => choice.label) ?? null;
  }

  async function machine(title: string) {
    const of = await root();
    if (of === null) return null;
    const items = of.machines.map(({ name }) => ({ label: name }));
    const picked = items.length === 1 ? items[0] : await window.showQuickPick(items, { ...STAYS, title });
    return picked ? { root: of.uri, machine: picked.label } : null;
  }

  return {
    root,
    machine,
    async target(preselect) {
      const of = await root();
      const names = of === null ? null : await machines(of);
      if (of === null || names === null) return null;
      const found = await generatorsOfEach(of.uri, names);
      const items = generatorChoices(found, preselect).map(choice =>
        choice.kind === 'heading'
          ? { label: choice.label, kind: QuickPickItemKind.Separator, key: null }
          : { ...choice, kind: QuickPickItemKind.Default },
      );
      if (items.length === 0) {
        void window.showInformationMessage(noGenerators(names));
        return null;
      }
      const isLacking = items.some(item => 'picked' in item && item.picked);
      const missing = isLacking
        ? l10n.t('Those that are missing are chosen already')
        : l10n.t('All of them are generated; choose those to look at again');
      const chosen = await pickSome(items, {
        title: l10n.t('Generators of {0}', names.join(', ')),
        placeholder: preselect ? missing : l10n.t('Which are made anew?'),
        empty: l10n.t('No generator is chosen. Choose at least one, or press Escape to leave.'),
      });
      const generators = (chosen ?? []).flatMap(one => one.key ?? []);
      return generators.length === 0 ? null : { root: of.uri, machines: names, generators };
    },
    async generator() {
      const of = await root();
      if (of === null) return null;
      const found = await generatorsOfEach(
        of.uri,
        of.machines.map(({ name }) => name),
      );
      const items = generatorChoices(found, false).map(choice =>
        choice.kind === 'heading'
          ? { label: choice.label, kind: QuickPickItemKind.Separator, machine: null }
          : { ...choice, picked: false, kind: QuickPickItemKind.Default },
      );
      if (items.length === 0) {
        void window.showInformationMessage(noGenerators(of.machines.map(({ name }) => name)));
        return null;
      }
      const picked = await window.showQuickPick(items, {
        ...STAYS,
        title: l10n.t('Try which generator?'),
        matchOnDescription: true,
      });
      if (!picked || picked.machine === null) return null;
      return { root: of.uri, machine: picked.machine, generator: picked.label };
    },
    async file(title, onlyPublic) {
      const of = await root();
      if (of === null) return null;
      const found = await generatorsOfEach(
        of.uri,
        of.machines.map(({ name }) => name),
      );
      // A machine with nothing to choose from would be a dead end.
      const choices = found
        .map(one => ({ label: one.machine, files: fileChoices(one.generators, onlyPublic) }))
        .filter(({ files }) => files.length > 0)
        .map(one => ({ ...one, description: fileCount(one.files.length) }));
      const [first, ...others] = choices;
      if (first === undefined) {
        void window.showInformationMessage(
          onlyPublic
            ? l10n.t('No machine has a public value that is generated.')
            : l10n.t('No machine has vars: none of their generators is known.'),
        );
        return null;
      }
      const on = others.length === 0 ? first : await window.showQuickPick(choices, { ...STAYS, title });
      if (on === undefined) return null;
      const picked = await window.showQuickPick(on.files, { ...STAYS, title: `${title} (${on.label})` });
      if (!picked) return null;
      return { root: of.uri, machine: on.label, generator: picked.generator, file: picked.file };
    },
  };
}
