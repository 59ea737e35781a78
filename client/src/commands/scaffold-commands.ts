/**
 * Scaffolding from the editor: asks what a command has to know, while the server says whether a name will do, and has
 * the server write it all as one edit. What is written, and where, is decided there.
 */
import {
  commands,
  type Disposable,
  l10n,
  TabInputText,
  type TextDocument,
  Uri,
  window,
  workspace,
} from 'vscode';
import { pickRoot, rootAround, STAYS } from '../generate/choose.ts';
import type { Server } from '../language/server.ts';
import { openWhere } from '../open-place.ts';
import { EVERYTHING, type FleetRoot, fleetRequest } from '../protocol/fleet.ts';
import {
  type CheckNameParams,
  checkNameRequest,
  type ScaffoldChoices,
  type ScaffoldParams,
  type ScaffoldResult,
  type ScaffoldWish,
  type SecretProposal,
  type SecretProposals,
  type SecretProposalsParams,
  scaffoldChoicesRequest,
  scaffoldRequest,
  secretProposalsRequest,
} from '../protocol/scaffold.ts';

const MAKE_KEY = 'varsmith.makeKey';

export function registerScaffoldCommands(server: Server): readonly Disposable[] {
  const register = (id: string, ask: (around: Around) => Promise<ScaffoldWish | undefined>) =>
    commands.registerCommand(id, async () => {
      const around = await pickAround(server);
      const wish = around && (await ask(around));
      if (around && wish) await carryOut(server, around, wish);
    });
  return [
    register('varsmith.addSecret', askSecret),
    register('varsmith.newGenerator', askGenerator),
    register('varsmith.newService', askService),
    register('varsmith.initFleet', askFleet),
  ];
}

/** The root that a command is about, and what there is to choose in it. */
interface Around extends ScaffoldChoices {
  readonly root: string;
  /** The active file relative to the root; null for others. */
  readonly active: string | null;
  problem(of: CheckNameParams['of'], name: string, registry?: string): Promise<string | null>;
  secretProposals(name: string, registry: string): Promise<SecretProposals>;
}

async function pickAround(server: Server): Promise<Around | null> {
  const roots = (await server.request<FleetRoot[] | null>(fleetRequest, { filter: EVERYTHING })) ?? [];
  const file = window.activeTextEditor?.document.uri;
  const inside = file === undefined ? null : rootAround(roots, file);
  const fleetRoot = inside?.root ?? (await pickRoot(roots));
  if (fleetRoot === null) {
    if (roots.length === 0) void window.showInformationMessage(l10n.t('Open the folder of a fleet first.'));
    return null;
  }
  const root = fleetRoot.uri;
  const choices = await server.request<ScaffoldChoices | null>(scaffoldChoicesRequest, { root });
  if (choices === null) return null;
  return {
    ...choices,
    root,
    active: inside?.path ?? null,
    problem: (of, name, registry) => {
      const params: CheckNameParams = { root, of, name, registry: registry ?? null };
      return server.request<string | null>(checkNameRequest, params);
    },
    secretProposals: async (name, registry) => {
      const params: SecretProposalsParams = { root, name, registry };
      const answer = await server.request<SecretProposals | null>(secretProposalsRequest, params);
      return answer ?? { proposals: [], domains: [] };
    },
  };
}

async function askSecret(around: Around): Promise<ScaffoldWish | undefined> {
  const { registries, machines } = around;
  if (registries.length === 0) {
    const lay = l10n.t('Initialise Fleet…');
    const answer = await window.showInformationMessage(l10n.t('There is no registry of keys here.'), lay);
    if (answer === lay) await commands.executeCommand('varsmith.initFleet');
    return undefined;
  }
  const registry =
    registries.length === 1
      ? registries[0]
      : await window.showQuickPick([...registries], {
          ...STAYS,
          title: l10n.t('Add Secret: to which registry?'),
        });
  if (registry === undefined) return undefined;
  const name = await window.showInputBox({
    ...STAYS,
    title: l10n.t('Add Secret: name'),
    prompt: l10n.t('The key in the registry. The names of generator and variable follow it.'),
    placeHolder: 'openai',
    validateInput: value => around.problem('secret', value, registry),
  });
  if (!name) return undefined;
  const { proposals, domains } = await around.secretProposals(name, registry);
  const picked = await window.showQuickPick(proposals.map(formItem), {
    ...STAYS,
    title: l10n.t('Add Secret {0}: kind', name),
  });
  if (picked === undefined) return undefined;
  const { kind, category, generator } = picked.proposal;
  const said = await askMetadata(around, name, registry, picked.proposal, domains);
  if (said === undefined) return undefined;
  const chosen =
    machines.length === 0
      ? []
      : await window.showQuickPick([...machines], {
          ...STAYS,
          title: l10n.t('Add Secret {0}: machines that get it', name),
          canPickMany: true,
        });
  return chosen && { what: 'secret', name, kind, category, generator, ...said, machines: chosen, registry };
}

function kindWords(kind: SecretProposal['kind']): { readonly label: string; readonly detail: string } {
  switch (kind) {
    case 'prompt':
      return { label: l10n.t('Secret from a prompt'), detail: l10n.t('Somebody types it in once.') };
    case 'setting':
      return {
        label: l10n.t('Setting from a prompt'),
        detail: l10n.t('The same for a value that is no secret.'),
      };
    case 'password':
      return { label: l10n.t('Password'), detail: l10n.t('A script makes it.') };
  }
}

/** A form as a choice: how the value comes about, which entries are alike, what it will be called. */
function formItem(proposal: SecretProposal) {
  const { kind, category, like, generator, envVar } = proposal;
  const { label, detail } = kindWords(kind);
  const alike = like.length === 0 ? '' : l10n.t('like {0}', like.join(', '));
  const made =
    envVar === null ? l10n.t('Makes {0}.', generator) : l10n.t('Makes {0}, in {1}.', generator, envVar);
  return {
    label,
    description: [category, alike].filter(Boolean).join(' · '),
    detail: `${detail} ${made}`,
    proposal,
  };
}

/** Asks for what an entry says of itself; undefined when it is left. */
async function askMetadata(
  around: Around,
  name: string,
  registry: string,
  proposal: SecretProposal,
  domains: readonly string[],
): Promise<{ description: string; domain: string | null; envVar: string } | undefined> {
  const description = await window.showInputBox({
    ...STAYS,
    title: l10n.t('Add Secret {0}: description', name),
    prompt: l10n.t('What people are asked for.'),
    value: proposal.description,
  });
  if (description === undefined) return undefined;
  const domain = proposal.domain === null ? null : await pickDomain(name, proposal.domain, domains);
  if (domain === undefined) return undefined;
  const envVar = await window.showInputBox({
    ...STAYS,
    title: l10n.t('Add Secret {0}: environment variable', name),
    prompt: l10n.t('The variable that sessions find it in. Empty: in none.'),
    value: proposal.envVar ?? '',
    validateInput: value => around.problem('variable', value, registry),
  });
  return envVar === undefined ? undefined : { description, domain, envVar };
}

async function pickDomain(
  name: string,
  usual: string,
  domains: readonly string[],
): Promise<string | undefined> {
  const title = l10n.t('Add Secret {0}: domain', name);
  const other = `$(add) ${l10n.t('Another domain…')}`;
  const items = [usual, ...domains.filter(domain => domain !== usual), other];
  const picked = await window.showQuickPick(items, { ...STAYS, title });
  if (picked !== other) return picked;
  return (await window.showInputBox({ ...STAYS, title })) || undefined;
}

async function askGenerator(around: Around): Promise<ScaffoldWish | undefined> {
  const name = await askName(around, 'generator', l10n.t('New Generator: name'), 'deploy-key');
  const template = name && (await pickTemplate(around, l10n.t('New Generator {0}: template', name)));
  if (!name || !template) return undefined;
  const own = `modules/${name}.nix`;
  // The file that is being written first.
  const files = [...around.files].sort((a, b) => Number(b === around.active) - Number(a === around.active));
  const items = [
    ...files.map(path => ({ label: path, description: '', path })),
    { label: `$(new-file) ${l10n.t('A file of its own…')}`, description: own, path: null },
  ];
  const where = await window.showQuickPick(items, {
    ...STAYS,
    title: l10n.t('New Generator {0}: where', name),
  });
  if (where === undefined) return undefined;
  const file =
    where.path ??
    (await window.showInputBox({
      ...STAYS,
      title: l10n.t('New Generator {0}: file', name),
      prompt: l10n.t('Relative to the folder of the fleet.'),
      value: own,
    }));
  return file ? { what: 'generator', name, template, file } : undefined;
}

async function askService(around: Around): Promise<ScaffoldWish | undefined> {
  const name = await askName(around, 'service', l10n.t('New Service Generator: name'), 'chat');
  const template = name && (await pickTemplate(around, l10n.t('New Service Generator {0}: template', name)));
  if (!name || !template) return undefined;
  const items = [
    { label: l10n.t('For each instance of the service'), detail: 'perInstance', per: 'instance' as const },
    { label: l10n.t('For each machine that has any'), detail: 'perMachine', per: 'machine' as const },
  ];
  const picked = await window.showQuickPick(items, {
    ...STAYS,
    title: l10n.t('New Service Generator {0}: how many', name),
  });
  return picked && { what: 'service', name, template, per: picked.per };
}

async function askFleet(around: Around): Promise<ScaffoldWish | undefined> {
  const { machines, systems } = around;
  // A fleet that has machines gets no further one.
  if (machines.length > 0) return { what: 'fleet', machine: 'example', system: systems[0] ?? '' };
  const machine = await window.showInputBox({
    ...STAYS,
    title: l10n.t('Initialise Fleet: name of the first machine'),
    value: 'example',
    validateInput: value => around.problem('machine', value),
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
  around: Around,
  of: 'generator' | 'service',
  title: string,
  placeHolder: string,
): Promise<string | undefined> {
  return window.showInputBox({
    ...STAYS,
    title,
    placeHolder,
    validateInput: value => around.problem(of, value),
  });
}

async function pickTemplate({ templates }: Around, title: string): Promise<string | undefined> {
  const items = templates.map(({ id, label, text }) => ({ label, detail: text, id }));
  return (await window.showQuickPick(items, { ...STAYS, title }))?.id;
}

async function carryOut(server: Server, { root }: Around, wish: ScaffoldWish): Promise<void> {
  const before = new Set(unsaved());
  const params: ScaffoldParams = { root, wish, trusted: workspace.isTrusted };
  const result = await server.request<ScaffoldResult | null>(scaffoldRequest, params);
  if (result === null || result.refused !== null) {
    // The server answers nothing where it could not do it; its log says why.
    void window.showErrorMessage(
      result?.refused ?? l10n.t('Nothing was written: the language server failed. See its log.'),
    );
    return;
  }
  // What was made would otherwise be there empty until somebody saves it.
  await Promise.all(
    result.created.map(async uri => (await workspace.openTextDocument(Uri.parse(uri))).save()),
  );
  await closeOthers(result);
  if (result.shown) await openWhere(result.shown);
  const kept = result.kept.length === 0 ? [] : [l10n.t('Kept as they are: {0}.', result.kept.join(', '))];
  if (wish.what === 'fleet') return sayFleet(result, kept);
  await sayChanges(
    [...result.notes, ...kept],
    unsaved().filter(document => !before.has(document)),
  );
}

function unsaved(): TextDocument[] {
  return workspace.textDocuments.filter(({ isDirty }) => isDirty);
}

/** What was done, and which files it has left unsaved: somebody may want to look at them first. */
async function sayChanges(said: readonly string[], changed: readonly TextDocument[]): Promise<void> {
  if (changed.length === 0) {
    if (said.length > 0) void window.showInformationMessage(said.join(' '));
    return;
  }
  const names = changed.map(({ uri }) => uri.path.slice(uri.path.lastIndexOf('/') + 1));
  const message = [...said, l10n.t('Changed, and not saved yet: {0}.', names.join(', '))].join(' ');
  const save = l10n.t('Save');
  if ((await window.showInformationMessage(message, save)) !== save) return;
  const saved = await Promise.all(changed.map(document => document.save()));
  if (saved.includes(false))
    void window.showErrorMessage(l10n.t('Not all of the changed files could be saved.'));
}

/** Tabs that the editor opens of files with changes, and which show what nobody asked to see. */
async function closeOthers({ created, shown }: ScaffoldResult): Promise<void> {
  const others = new Set(created.filter(uri => uri !== shown?.uri));
  if (others.size === 0) return;
  const tabs = window.tabGroups.all.flatMap(group => group.tabs);
  const closed = tabs.filter(
    ({ input, isDirty }) => !isDirty && input instanceof TabInputText && others.has(input.uri.toString()),
  );
  if (closed.length > 0) await window.tabGroups.close(closed, true);
}

/** What was made, and the step that follows. */
async function sayFleet({ created, notes }: ScaffoldResult, kept: readonly string[]): Promise<void> {
  if (created.length === 0) {
    const there = [l10n.t('Everything is there already.'), ...notes, ...kept];
    void window.showInformationMessage(there.join(' '));
    return;
  }
  const made = l10n.t('A fleet of {0} files was made.', created.length);
  const next = l10n.t('Next, make your key; then generate.');
  const message = [made, ...notes, ...kept, next].join(' ');
  const canMake = (await commands.getCommands(true)).includes(MAKE_KEY);
  const step = canMake ? l10n.t('Make a Key…') : l10n.t('Run the Doctor');
  if ((await window.showInformationMessage(message, step)) === step)
    await commands.executeCommand(canMake ? MAKE_KEY : 'varsmith.doctor');
}
