/**
 * Asks the questions about new generators, services and fleets. Each function returns `undefined` if a question is
 * cancelled.
 */
import { l10n, window } from 'vscode';
import { STAYS } from '../generate/choose.ts';
import { pickSome } from '../generate/pick-some.ts';
import type { FleetShape, ScaffoldWish } from '../protocol/scaffold.ts';
import type { ScaffoldContext } from './scaffold-context.ts';

export async function askGenerator(context: ScaffoldContext): Promise<ScaffoldWish | undefined> {
  const name = await askName(context, 'generator', l10n.t('New Generator: name'), 'deploy-key');
  const template = name && (await pickTemplate(context, l10n.t('New Generator {0}: template', name)));
  if (!name || !template) return undefined;
  const file = await pickFile(context, name);
  if (!file) return undefined;
  const importedBy = context.files.includes(file) ? [] : await pickMachines(context, name);
  return importedBy && { what: 'generator', name, template, file, importedBy };
}

/** Asks which module declares a new generator; only for the path of a new one where there is none yet. */
async function pickFile(context: ScaffoldContext, name: string): Promise<string | undefined> {
  const ownFile = `modules/${name}.nix`;
  // The active file comes first.
  const files = [...context.files].sort(
    (a, b) => Number(b === context.active) - Number(a === context.active),
  );
  const newFile = { label: `$(new-file) ${l10n.t('A file of its own…')}`, description: ownFile, path: null };
  const items = [...files.map(path => ({ label: path, description: '', path })), newFile];
  const title = l10n.t('New Generator {0}: where', name);
  const place = files.length === 0 ? newFile : await window.showQuickPick(items, { ...STAYS, title });
  if (place === undefined) return undefined;
  return (
    place.path ??
    window.showInputBox({
      ...STAYS,
      title: l10n.t('New Generator {0}: file', name),
      prompt: l10n.t('Relative to the folder of the fleet.'),
      value: ownFile,
    })
  );
}

/** Asks which machines import a new module; the only one is selected. Returns `undefined` if that is cancelled. */
async function pickMachines(
  { machines }: ScaffoldContext,
  name: string,
): Promise<readonly string[] | undefined> {
  if (machines.length === 0) return [];
  const chosen = await pickSome(
    machines.map(label => ({ label, picked: machines.length === 1 })),
    {
      title: l10n.t('New Generator {0}: machines', name),
      placeholder: l10n.t('The machines that import the new module'),
      empty: l10n.t(
        'No machine would have it. Select some, or press Enter again to import it yourself later.',
      ),
      acceptsNone: true,
    },
  );
  return chosen?.map(({ label }) => label);
}

export async function askService(context: ScaffoldContext): Promise<ScaffoldWish | undefined> {
  const name = await askName(context, 'service', l10n.t('New Service Generator: name'), 'chat');
  const template = name && (await pickTemplate(context, l10n.t('New Service Generator {0}: template', name)));
  if (!name || !template) return undefined;
  const items = [
    { label: l10n.t('One for each service instance'), detail: 'perInstance', per: 'instance' as const },
    { label: l10n.t('One for each machine with the service'), detail: 'perMachine', per: 'machine' as const },
  ];
  const picked = await window.showQuickPick(items, {
    ...STAYS,
    title: l10n.t('New Service Generator {0}: how many', name),
  });
  return picked && { what: 'service', name, template, per: picked.per };
}

/** @param given the shape, where only one will do */
export async function askFleet(
  context: ScaffoldContext,
  given: FleetShape | undefined,
): Promise<ScaffoldWish | undefined> {
  const { machines, systems } = context;
  // A fleet with machines does not get another one.
  if (machines.length > 0)
    return { what: 'fleet', shape: 'registry', machine: 'example', system: systems[0] ?? '' };
  const shape = given ?? (await pickShape());
  if (shape === undefined) return undefined;
  const machine = await window.showInputBox({
    ...STAYS,
    title: l10n.t('Initialise Fleet: name of the first machine'),
    value: 'example',
    validateInput: value => context.problem('machine', value),
  });
  const system =
    machine &&
    (await window.showQuickPick([...systems], {
      ...STAYS,
      title: l10n.t('Initialise Fleet: system of {0}', machine),
    }));
  return machine && system ? { what: 'fleet', shape, machine, system } : undefined;
}

async function pickShape(): Promise<FleetShape | undefined> {
  const items = [
    {
      label: l10n.t('One machine with one generator'),
      detail: l10n.t('A flake and the module of the machine. Further generators are added one by one.'),
      shape: 'plain' as const,
    },
    {
      label: l10n.t('Secrets in one list, chosen for each machine'),
      detail: l10n.t('A registry, a matrix of machines and secrets, and session variables.'),
      shape: 'registry' as const,
    },
  ];
  const picked = await window.showQuickPick(items, {
    ...STAYS,
    title: l10n.t('Initialise Fleet: what to begin with'),
  });
  return picked?.shape;
}

async function askName(
  context: ScaffoldContext,
  of: 'generator' | 'service',
  title: string,
  placeHolder: string,
): Promise<string | undefined> {
  return window.showInputBox({
    ...STAYS,
    title,
    placeHolder,
    validateInput: value => context.problem(of, value),
  });
}

async function pickTemplate({ templates }: ScaffoldContext, title: string): Promise<string | undefined> {
  // Lists show no Markdown, and begin their rows as all others do.
  const items = templates.map(({ id, label, text }) => ({
    label: label.charAt(0).toUpperCase() + label.slice(1),
    detail: text.replaceAll('`', ''),
    id,
  }));
  return (await window.showQuickPick(items, { ...STAYS, title }))?.id;
}
