/**
 * Answers Varsmith's own requests for scaffolding: the choices, the validity of a name, and the change itself, which
 * the editor applies as a single edit that a single undo reverts.
 */
import type { CancellationToken, Connection } from 'vscode-languageserver';
import { environmentMachines } from '../../editor/environment/environment-keys.ts';
import { machineNameProblem } from '../../editor/names/machine-name.ts';
import { layPipeline, type Pipeline, SYSTEMS, TELL_GIT } from '../../editor/scaffold/pipeline.ts';
import { layPlainClan } from '../../editor/scaffold/plain-clan.ts';
import { editedFiles, type Refused, type Scaffolded } from '../../editor/scaffold/scaffold.ts';
import {
  generatorFiles,
  generatorNameProblem,
  newGenerator,
  newService,
  serviceNameProblem,
} from '../../editor/scaffold/scaffold-generator.ts';
import {
  addSecret,
  keyProblem,
  secretProposals,
  variableProblem,
} from '../../editor/scaffold/scaffold-secret.ts';
import { TEMPLATE_CHOICES } from '../../editor/scaffold/scaffold-templates.ts';
import type { Snapshot } from '../../editor/snapshot.ts';
import { lineStartsOf, positionAt } from '../../nix/source.ts';
import { reachesFiles } from '../addresses.ts';
import type { Analysis, RootState } from '../analysis.ts';
import type { Client } from '../client.ts';
import type {
  CheckNameParams,
  ScaffoldChoices,
  ScaffoldParams,
  ScaffoldResult,
  ScaffoldRootParams,
  ScaffoldWish,
  SecretProposals,
  SecretProposalsParams,
  Where,
} from '../messages.ts';
import { editOf } from '../to-protocol.ts';
import { stateOf } from './requested-root.ts';

export async function onScaffoldChoices(
  analysis: Analysis,
  params: ScaffoldRootParams,
  token: CancellationToken,
): Promise<ScaffoldChoices | null> {
  await analysis.allAnalysed(token);
  const state = stateOf(analysis, params.root);
  if (!state) return null;
  const { fleet } = state.snapshot;
  return {
    registries: fleet.registries.map(({ file }) => file),
    machines: environmentMachines(fleet),
    templates: TEMPLATE_CHOICES,
    files: generatorFiles(state.snapshot),
    systems: SYSTEMS,
  };
}

export async function onCheckName(
  analysis: Analysis,
  params: CheckNameParams,
  token: CancellationToken,
): Promise<string | null> {
  await analysis.allAnalysed(token);
  const state = stateOf(analysis, params.root);
  if (!state) return null;
  const { snapshot } = state;
  const { name, registry } = params;
  switch (params.of) {
    case 'secret':
      return keyProblem(snapshot.fleet, registry, name);
    case 'variable':
      return variableProblem(snapshot.fleet, registry, name);
    case 'generator':
      return generatorNameProblem(snapshot.fleet, name);
    case 'service':
      return serviceNameProblem(snapshot, name);
    case 'machine':
      return machineNameProblem(name);
  }
}

export async function onSecretProposals(
  analysis: Analysis,
  { root, registry, name }: SecretProposalsParams,
  token: CancellationToken,
): Promise<SecretProposals | null> {
  await analysis.allAnalysed(token);
  const state = stateOf(analysis, root);
  if (!state) return null;
  const keys = state.snapshot.fleet.registries.find(({ file }) => file === registry)?.keys ?? [];
  return {
    proposals: secretProposals(state.snapshot, registry, name),
    domains: [...new Set(keys.flatMap(({ domain }) => domain ?? []))].sort(),
  };
}

const LABELS: Readonly<Record<ScaffoldWish['what'], string>> = {
  secret: 'Add Secret',
  generator: 'New Generator',
  service: 'New Service Generator',
  fleet: 'Initialise Fleet',
};

export async function onScaffold(
  connection: Connection,
  analysis: Analysis,
  client: Client,
  params: ScaffoldParams,
  token: CancellationToken,
): Promise<ScaffoldResult> {
  await analysis.allAnalysed(token);
  const state = stateOf(analysis, params.root);
  if (!state) return refusal('This folder is not open.');
  const { snapshot, border } = state;
  const made = carryOut(snapshot, params.wish, state.root.split(/[\\/]/).pop() ?? '');
  if ('refused' in made) return refusal(made.refused);
  const changed = editedFiles(snapshot, made.edits);
  const created = changed.filter(({ before }) => before === null).map(({ path }) => border.uriOf(path));
  if (created.length > 0 && !client.createsFiles) {
    return refusal('This editor cannot create files for a language server. Use the command line.');
  }
  if (made.edits.length > 0) {
    const edit = editOf(border, made, client.takesVersionedEdits);
    const answer = await connection.workspace.applyEdit({ label: LABELS[params.wish.what], edit });
    if (!answer.applied) return refusal(answer.failureReason ?? 'The editor did not apply the edit.');
  }
  const notes = await tellGit(state, params, changed);
  return {
    refused: null,
    shown: whereShown(state, made, changed),
    notes: [...notes, ...made.notes],
    created,
    kept: made.kept,
  };
}

/** Makes new files known to git. Returns sentences about what was done and what remains to be done. */
async function tellGit(
  { root }: RootState,
  { trusted, wish }: ScaffoldParams,
  changed: ReturnType<typeof editedFiles>,
): Promise<readonly string[]> {
  const created = changed.filter(({ before }) => before === null).map(({ path }) => path);
  // Without file access the editor commits, and includes new files.
  if (created.length === 0 || !reachesFiles()) return [];
  // Git is a program that runs commands from the repository's settings.
  if (trusted !== true) return [TELL_GIT];
  const { makeKnownToGit } = await import('../../workspace/add-to-git.ts');
  const { began, left } = await makeKnownToGit(root, created, process.env, wish.what === 'fleet');
  return [...(began ? ['The folder is a git repository now.'] : []), ...(left === null ? [] : [left])];
}

type Made = Scaffolded & { readonly kept: readonly string[] };

function carryOut(snapshot: Snapshot, wish: ScaffoldWish, folder: string): Made | Refused {
  const made = computed(snapshot, wish, folder);
  if ('refused' in made) return made;
  if (!('next' in made)) return { ...made, kept: [] };
  const edits = made.created.map(({ path, text }) => ({ file: path, start: 0, end: 0, text }));
  const [first] = edits;
  const shown = first === undefined ? null : { file: first.file, offset: 0 };
  return { edits, shown, notes: [...made.left, ...made.next], kept: made.kept };
}

function computed(snapshot: Snapshot, wish: ScaffoldWish, folder: string): Scaffolded | Pipeline | Refused {
  switch (wish.what) {
    case 'secret':
      return addSecret(snapshot, { ...wish, key: wish.name });
    case 'generator':
      return newGenerator(snapshot, wish);
    case 'service':
      return newService(snapshot, wish);
    case 'fleet':
      return (wish.shape === 'plain' ? layPlainClan : layPipeline)(snapshot, { ...wish, folder });
  }
}

function refusal(refused: string): ScaffoldResult {
  return { refused, shown: null, notes: [], created: [], kept: [] };
}

/** Returns the place to show in the text after the edit, which the server may not have received yet. */
function whereShown(
  { border }: RootState,
  { shown }: Scaffolded,
  changed: ReturnType<typeof editedFiles>,
): Where | null {
  const text = changed.find(({ path }) => path === shown?.file)?.after;
  if (shown === null || text === undefined) return null;
  const at = positionAt(lineStartsOf(text), shown.offset);
  return { uri: border.uriOf(shown.file), range: { start: at, end: at } };
}
