/**
 * Asks the questions about new generators, services and fleets. Each function returns `undefined` if a question is
 * cancelled.
 */
import { l10n, window } from 'vscode';
import { STAYS } from '../generate/choose.ts';
import type { ScaffoldWish } from '../protocol/scaffold.ts';
import type { ScaffoldContext } from './scaffold-context.ts';

export async function askGenerator(context: ScaffoldContext): Promise<ScaffoldWish | undefined> {
  const name = await askName(context, 'generator', l10n.t('New Generator: name'), 'deploy-key');
  const template = name && (await pickTemplate(context, l10n.t('New Generator {0}: template', name)));
  if (!name || !template) return undefined;
  const ownFile = `modules/${name}.nix`;
  // The active file comes first.
  const files = [...context.files].sort(
    (a, b) => Number(b === context.active) - Number(a === context.active),
  );
  const items = [
    ...files.map(path => ({ label: path, description: '', path })),
    { label: `$(new-file) ${l10n.t('A file of its own…')}`, description: ownFile, path: null },
  ];
  const place = await window.showQuickPick(items, {
    ...STAYS,
    title: l10n.t('New Generator {0}: where', name),
  });
  if (place === undefined) return undefined;
  const file =
    place.path ??
    (await window.showInputBox({
      ...STAYS,
      title: l10n.t('New Generator {0}: file', name),
      prompt: l10n.t('Relative to the folder of the fleet.'),
      value: ownFile,
    }));
  return file ? { what: 'generator', name, template, file } : undefined;
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

export async function askFleet(context: ScaffoldContext): Promise<ScaffoldWish | undefined> {
  const { machines, systems } = context;
  // A fleet with machines does not get another one.
  if (machines.length > 0) return { what: 'fleet', machine: 'example', system: systems[0] ?? '' };
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
  return machine && system ? { what: 'fleet', machine, system } : undefined;
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
  const items = templates.map(({ id, label, text }) => ({ label, detail: text, id }));
  return (await window.showQuickPick(items, { ...STAYS, title }))?.id;
}
