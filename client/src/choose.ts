/** Asks what a command is about: which fleet, machines, generators, file. Each gives null where the person went away. */
import { l10n, QuickPickItemKind, Uri, window } from 'vscode';
import { fileChoices, generatorChoices, machineChoices } from './choices.ts';
import {
  EVERYTHING,
  type FleetFile,
  type FleetGenerator,
  type FleetRoot,
  fleetRequest,
  type MachineParams,
  machineRequest,
} from './protocol.ts';
import type { Server } from './server.ts';

/** What a run is about. No machines: all; no generators: all that are not generated. */
export interface Target {
  /** URI of the fleet. */
  readonly root: string;
  readonly machines: readonly string[];
  /** Names, or keys of one placement. */
  readonly generators: readonly string[];
}

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
    if (of.machines.length === 1) return of.machines.map(one => one.name);
    const options = {
      ...STAYS,
      title: l10n.t('Vars of which machines?'),
      placeHolder: l10n.t('Those with something to generate are chosen already'),
      canPickMany: true as const,
    };
    const picked = await window.showQuickPick(machineChoices(of.machines), options);
    return picked && picked.length > 0 ? picked.map(one => one.label) : null;
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
      const chosen = await window.showQuickPick(items, {
        ...STAYS,
        title: l10n.t('Generators of {0}', names.join(', ')),
        placeHolder: preselect
          ? l10n.t('Those that are not generated are chosen already')
          : l10n.t('Which are made anew?'),
        canPickMany: true,
        matchOnDescription: true,
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
      const picked = await window.showQuickPick(items, {
        ...STAYS,
        title: l10n.t('Try which generator?'),
        matchOnDescription: true,
      });
      if (!picked || picked.machine === null) return null;
      return { root: of.uri, machine: picked.machine, generator: picked.label };
    },
    async file(title, onlyPublic) {
      const on = await machine(title);
      if (on === null) return null;
      const items = fileChoices(await generatorsOf(on.root, on.machine), onlyPublic);
      if (items.length === 0) {
        void window.showInformationMessage(
          onlyPublic
            ? l10n.t('{0} has no public value that is generated.', on.machine)
            : l10n.t('{0} has no vars.', on.machine),
        );
        return null;
      }
      const picked = await window.showQuickPick(items, { ...STAYS, title: `${title} (${on.machine})` });
      return picked ? { ...on, generator: picked.generator, file: picked.file } : null;
    },
  };
}
