/** Asks for the target of a command: fleet, machines, generators, file. Each answer is `null` if the person cancels. */
import { l10n, Uri, window } from 'vscode';
import type { Server } from '../language/server.ts';
import {
  EVERYTHING,
  type FleetFile,
  type FleetGenerator,
  type FleetRoot,
  fleetRequest,
  type MachineParams,
  machineRequest,
} from '../protocol/fleet.ts';
import type { GenerateTarget } from '../protocol/generators.ts';
import {
  fileChoices,
  generatorChoices,
  type MachineGenerators,
  machineChoices,
  sharersOf,
} from './choices.ts';
import { pickSome } from './pick-some.ts';

export type Target = GenerateTarget;

/** A generator to try, on the first machine that has it if `machine` is `null`. */
export interface TrialTarget {
  readonly root: string;
  readonly machine: string | null;
  readonly generator: string;
}

/** A generator of a machine. */
interface OneGenerator {
  readonly root: string;
  readonly machine: string;
  readonly generator: string;
}

export interface OneFile extends OneGenerator {
  /** All machines that share the generator; empty if it is not shared. */
  readonly sharedBy: readonly string[];
  readonly file: FleetFile;
}

export interface Chooser {
  root(): Promise<FleetRoot | null>;
  /**
   * Asks for machines and generators.
   * @param preselect true to initially select what is not generated
   */
  target(preselect: boolean): Promise<Target | null>;
  machine(title: string): Promise<{ readonly root: string; readonly machine: string } | null>;
  generator(): Promise<OneGenerator | null>;
  file(title: string, onlyPublic: boolean): Promise<OneFile | null>;
  /** Returns the machines that share a generator; empty if it is not shared. */
  sharers(generator: OneGenerator): Promise<readonly string[]>;
}

/**
 * Options of lists and boxes. An open webview may take the focus when the previous list closes, which must not cancel
 * the command.
 */
export const STAYS = { ignoreFocusOut: true } as const;

/** Asks for one of several roots, or returns the only one. */
export async function pickRoot(roots: readonly FleetRoot[]): Promise<FleetRoot | null> {
  if (roots.length < 2) return roots[0] ?? null;
  const items = roots.map(root => ({ label: root.name, description: Uri.parse(root.uri).fsPath, root }));
  return (await window.showQuickPick(items, { ...STAYS, title: l10n.t('Fleet') }))?.root ?? null;
}

/** Returns the innermost root that contains a file, with the file's relative path, or `null` if none does. */
export function rootAround(
  roots: readonly FleetRoot[],
  file: Uri,
): { readonly root: FleetRoot; readonly path: string } | null {
  let nearest: { readonly root: FleetRoot; readonly path: string } | null = null;
  for (const root of roots) {
    // URIs are compared by their parts, since the editor escapes more characters than the server.
    const { scheme, path } = Uri.parse(root.uri);
    if (scheme !== file.scheme || !file.path.startsWith(`${path}/`)) continue;
    const inside = file.path.slice(path.length + 1);
    if (nearest === null || inside.length < nearest.path.length) nearest = { root, path: inside };
  }
  return nearest;
}

function noGenerators(machines: readonly string[]): string {
  return machines.length === 0
    ? l10n.t('No machines are known, so there is nothing to generate.')
    : l10n.t('No generator is declared for {0}, so there is nothing to generate.', machines.join(', '));
}

export function chooser(server: Server): Chooser {
  return {
    root: () => chooseRoot(server),
    machine: title => chooseMachine(server, title),
    target: preselect => chooseTarget(server, preselect),
    generator: () => chooseGenerator(server),
    file: (title, onlyPublic) => chooseFile(server, title, onlyPublic),
    async sharers({ root, generator }) {
      const roots = await fleetRoots(server);
      const machines = roots.find(({ uri }) => uri === root)?.machines ?? [];
      const names = machines.map(({ name }) => name);
      return sharersOf(await generatorsOf(server, root, names), generator);
    },
  };
}

async function chooseRoot(server: Server): Promise<FleetRoot | null> {
  const roots = await fleetRoots(server);
  if (roots.length === 0)
    void window.showInformationMessage(l10n.t('No fleet is open, so there is nothing to generate.'));
  return pickRoot(roots);
}

async function fleetRoots(server: Server): Promise<readonly FleetRoot[]> {
  return (await server.request<FleetRoot[] | null>(fleetRequest, { filter: EVERYTHING })) ?? [];
}

/** Requests the generators of several machines of a fleet (URI). */
function generatorsOf(
  server: Server,
  root: string,
  machines: readonly string[],
): Promise<readonly MachineGenerators[]> {
  return Promise.all(
    machines.map(async machine => {
      const params: MachineParams = { root, machine, filter: EVERYTHING };
      const generators = await server.request<FleetGenerator[] | null>(machineRequest, params);
      return { machine, generators: generators ?? [] };
    }),
  );
}

function namesOf({ machines }: FleetRoot): readonly string[] {
  return machines.map(({ name }) => name);
}

async function chooseMachines(root: FleetRoot): Promise<readonly string[] | null> {
  if (root.machines.length === 1) return namesOf(root);
  const picked = await pickSome(machineChoices(root.machines), {
    title: l10n.t('Vars of which machines?'),
    placeholder: l10n.t('Machines with something to generate are already selected'),
    empty: l10n.t('No machine is selected. Select at least one, or press Escape to cancel.'),
  });
  return picked?.map(choice => choice.label) ?? null;
}

async function chooseMachine(server: Server, title: string) {
  const root = await chooseRoot(server);
  if (root === null) return null;
  const items = namesOf(root).map(name => ({ label: name }));
  const picked = items.length === 1 ? items[0] : await window.showQuickPick(items, { ...STAYS, title });
  return picked ? { root: root.uri, machine: picked.label } : null;
}

async function chooseTarget(server: Server, preselect: boolean): Promise<Target | null> {
  const root = await chooseRoot(server);
  const machines = root === null ? null : await chooseMachines(root);
  if (root === null || machines === null) return null;
  const items = generatorChoices(await generatorsOf(server, root.uri, machines), preselect);
  if (items.length === 0) {
    void window.showInformationMessage(noGenerators(machines));
    return null;
  }
  const isLacking = items.some(({ picked }) => picked);
  const missing = isLacking
    ? l10n.t('Missing vars are already selected')
    : l10n.t('All vars are generated; select any that you want to generate again');
  const chosen = await pickSome(items, {
    title: l10n.t('Generators of {0}', machines.join(', ')),
    placeholder: preselect ? missing : l10n.t('Which vars should be generated again?'),
    empty: l10n.t('No generator is selected. Select at least one, or press Escape to cancel.'),
  });
  const generators = (chosen ?? []).map(({ key }) => key);
  return generators.length === 0 ? null : { root: root.uri, machines, generators };
}

async function chooseGenerator(server: Server): Promise<OneGenerator | null> {
  const root = await chooseRoot(server);
  if (root === null) return null;
  const items = generatorChoices(await generatorsOf(server, root.uri, namesOf(root)), false);
  if (items.length === 0) {
    void window.showInformationMessage(noGenerators(namesOf(root)));
    return null;
  }
  const picked = await window.showQuickPick(items, {
    ...STAYS,
    title: l10n.t('Try which generator?'),
    matchOnDescription: true,
  });
  return picked ? { root: root.uri, machine: picked.machine, generator: picked.label } : null;
}

async function chooseFile(server: Server, title: string, onlyPublic: boolean): Promise<OneFile | null> {
  const root = await chooseRoot(server);
  if (root === null) return null;
  const choices = fileChoices(await generatorsOf(server, root.uri, namesOf(root)), onlyPublic);
  if (choices.length === 0) {
    void window.showInformationMessage(
      onlyPublic
        ? l10n.t('No machine has a generated public value.')
        : l10n.t('No machine has vars because none of its generators are known.'),
    );
    return null;
  }
  const picked = await window.showQuickPick(choices, { ...STAYS, title, matchOnDescription: true });
  if (!picked) return null;
  const { machine, sharedBy, generator, file } = picked;
  return { root: root.uri, machine, sharedBy, generator, file };
}
