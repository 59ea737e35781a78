/** Answers `textDocument/codeAction` and `codeAction/resolve`. */
import {
  type CancellationToken,
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import type { Finding, Fix } from '../../checks/rule.ts';
import { codeActions, findingsIn, fixAllIn, oneOfEachRule } from '../../editor/refactor/code-actions.ts';
import { type Refactoring, refactorings } from '../../editor/refactor/refactorings.ts';
import type { Engine } from '../../workspace/engine.ts';
import { SETTINGS_FILE, SETTINGS_RULE } from '../../workspace/settings/settings-names.ts';
import { switchOffEdit } from '../../workspace/settings/switch-off.ts';
import type { Analysis, FileState } from '../analysis.ts';
import { FIX_ALL, OPEN_DOCUMENTATION } from '../capabilities.ts';
import type { Client } from '../client.ts';
import { curesFor } from '../cures.ts';
import { showCommandOf } from '../documentation.ts';
import {
  codeActionOf,
  diagnosticOf,
  editOf,
  offsetOf,
  type ProtocolContext,
  uriOfPath,
} from '../to-protocol.ts';
import { withMoves } from './rename.ts';
import { locatedIn } from './requested-position.ts';

/** An action whose edit is computed later, or `null` if it runs a command. */
interface Offered {
  readonly action: Omit<CodeAction, 'edit'>;
  readonly edit: (() => WorkspaceEdit) | null;
}

/** The request that offered an action, to find it again when its edit is resolved. */
type Question = Pick<CodeActionParams, 'textDocument' | 'range'> & {
  readonly only: readonly string[] | null;
};

/** Data of an action until its edit is resolved. */
interface ActionData extends Question {
  /** The index of the action in the answer. */
  readonly index: number;
}

export async function onCodeAction(
  analysis: Analysis,
  client: Client,
  silence: Engine['silence'],
  { textDocument, range, context }: CodeActionParams,
  token: CancellationToken,
): Promise<CodeAction[] | null> {
  const question: Question = { textDocument, range, only: context.only ?? null };
  const offered = await offeredTo(analysis, client, silence, question, token);
  if (offered === null) return null;
  return offered.map(({ action, edit }, index) => {
    if (edit === null) return action;
    return client.resolvesEdits
      ? { ...action, data: { ...question, index } satisfies ActionData }
      : { ...action, edit: edit() };
  });
}

/**
 * Adds the edit to an action. If the text has changed so that the action is no longer offered, it stays without one.
 */
export async function onCodeActionResolve(
  analysis: Analysis,
  client: Client,
  silence: Engine['silence'],
  action: CodeAction,
  token: CancellationToken,
): Promise<CodeAction> {
  const data = action.data as ActionData | undefined;
  const offered = (data && (await offeredTo(analysis, client, silence, data, token))) ?? [];
  const isMeant = (candidate: Offered | undefined) => candidate?.action.title === action.title;
  const same = data && isMeant(offered[data.index]) ? offered[data.index] : offered.find(isMeant);
  return same?.edit ? { ...action, edit: same.edit() } : action;
}

async function offeredTo(
  analysis: Analysis,
  client: Client,
  silence: Engine['silence'],
  { textDocument, range, only }: Question,
  token: CancellationToken,
): Promise<Offered[] | null> {
  const quick = wants(only ?? [CodeActionKind.QuickFix], CodeActionKind.QuickFix);
  const refactor = REFACTOR_KINDS.filter(kind => wants(only ?? [CodeActionKind.Refactor], kind));
  // Not offered at the cursor; an editor requests it by name.
  const all = wants(only ?? [], FIX_ALL);
  if (!quick && !all && refactor.length === 0) return [];
  const located = await locatedIn(analysis, textDocument.uri, token);
  if (!located) return null;
  const { snapshot, border, path } = located;
  const offered: Offered[] = [];
  const edits = (fix: Pick<Fix, 'edits'>) => () => editOf(border, fix, client.takesVersionedEdits);
  if (all) {
    const fix = fixAllIn(snapshot, path);
    if (fix) offered.push({ action: { title: fix.title, kind: FIX_ALL }, edit: edits(fix) });
  }
  const start = offsetOf(snapshot.files, path, range.start);
  const end = offsetOf(snapshot.files, path, range.end);
  if (start === null || end === null) return offered;
  if (refactor.length > 0) {
    for (const action of refactorings(snapshot, path, start))
      if (refactor.includes(KINDS[action.kind])) offered.push(refactoringOf(border, client, action));
  }
  if (!quick) return offered;
  const curesOf = (finding: Finding) => {
    const diagnostic = diagnosticOf(border, finding);
    return curesFor(client, finding, uriOfPath(located.root)).map((command, index): Offered => {
      const about = { title: command.title, kind: CodeActionKind.QuickFix, isPreferred: index === 0 };
      return { action: { ...about, command, ...(diagnostic && { diagnostics: [diagnostic] }) }, edit: null };
    });
  };
  const silenced = (finding: Finding) => [
    ...silence(finding, snapshot.files),
    ...silenceEverywhere(finding, located, client),
  ];
  for (const finding of findingsIn(snapshot, path, start, end)) offered.push(...curesOf(finding));
  for (const codeAction of codeActions(snapshot, path, start, end, silenced))
    offered.push({ action: codeActionOf(border, codeAction), edit: edits(codeAction.fix) });
  for (const { rule } of oneOfEachRule(findingsIn(snapshot, path, start, end))) {
    const command = showCommandOf(client, rule) ?? (client.showsDocuments ? OPEN_DOCUMENTATION : null);
    if (command !== null) offered.push({ action: documentation(rule, command), edit: null });
  }
  return offered;
}

const KINDS: Readonly<Record<Refactoring['kind'], CodeActionKind>> = {
  extract: CodeActionKind.RefactorExtract,
  rewrite: CodeActionKind.RefactorRewrite,
};

const REFACTOR_KINDS = Object.values(KINDS);

function refactoringOf(border: ProtocolContext, client: Client, action: Refactoring): Offered {
  return {
    action: { title: action.title, kind: KINDS[action.kind] },
    edit: () => {
      const edit = editOf(border, action, client.takesVersionedEdits);
      return client.movesFiles ? withMoves(edit, action.moves, border, client.annotatesEdits) : edit;
    },
  };
}

/** Returns whether a client asks for a kind, by its name or by a prefix of it. The empty name includes every kind. */
function wants(only: readonly string[], kind: string): boolean {
  return only.some(asked => asked === '' || kind === asked || kind.startsWith(`${asked}.`));
}

/** Returns the fix that switches a rule off in `varsmith.json`, creating the file if necessary. */
function silenceEverywhere({ rule }: Finding, { snapshot: { files } }: FileState, client: Client): Fix[] {
  if (rule === SETTINGS_RULE) return [];
  const text = files.text(SETTINGS_FILE);
  if (text === null && (files.kind(SETTINGS_FILE) !== null || !client.createsFiles)) return [];
  const edit = switchOffEdit(text, rule);
  if (edit === null) return [];
  return [{ title: `Turn ${rule} off in the workspace`, edits: [edit], preferred: false }];
}

function documentation(rule: string, command: string): CodeAction {
  const title =
    rule === SETTINGS_RULE ? 'Open the documentation of the settings' : `Open the documentation of ${rule}`;
  return {
    title,
    kind: CodeActionKind.QuickFix,
    command: { title, command, arguments: [rule] },
  };
}
