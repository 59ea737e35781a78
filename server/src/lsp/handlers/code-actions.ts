/** `textDocument/codeAction`. */
import {
  type CancellationToken,
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
} from 'vscode-languageserver';
import type { Finding, Fix } from '../../checks/rule.ts';
import { codeActions, findingsIn, fixAllIn, oneOfEachRule } from '../../editor/code-actions.ts';
import { type Refactoring, refactorings } from '../../editor/refactor/index.ts';
import type { Engine } from '../../workspace/engine.ts';
import { SETTINGS_FILE, SETTINGS_RULE } from '../../workspace/settings-names.ts';
import { switchOffEdit } from '../../workspace/switch-off.ts';
import type { Analysis, Located } from '../analysis.ts';
import type { Client } from '../client.ts';
import { type Border, codeActionOf, editOf, offsetOf } from '../convert.ts';
import { OPEN_DOCUMENTATION } from './open-documentation.ts';
import { locatedIn } from './point.ts';
import { withMoves } from './rename.ts';

/** The kind that an editor asks for when it is to fix everything on saving. */
export const FIX_ALL = `${CodeActionKind.SourceFixAll}.varsmith`;

export async function onCodeAction(
  analysis: Analysis,
  client: Client,
  silence: Engine['silence'],
  { textDocument, range, context }: CodeActionParams,
  token: CancellationToken,
): Promise<CodeAction[] | null> {
  const quick = wants(context.only ?? [CodeActionKind.QuickFix], CodeActionKind.QuickFix);
  const refactor = REFACTOR_KINDS.filter(kind => wants(context.only ?? [CodeActionKind.Refactor], kind));
  // Not part of what is offered at the cursor: an editor asks for it by name.
  const all = wants(context.only ?? [], FIX_ALL);
  if (!quick && !all && refactor.length === 0) return [];
  const located = await locatedIn(analysis, textDocument.uri, token);
  if (!located) return null;
  const { snapshot, border, path } = located;
  const actions: CodeAction[] = [];
  if (all) {
    const fix = fixAllIn(snapshot, path);
    if (fix)
      actions.push({
        title: fix.title,
        kind: FIX_ALL,
        edit: editOf(border, fix, client.takesVersionedEdits),
      });
  }
  const start = offsetOf(snapshot.files, path, range.start);
  const end = offsetOf(snapshot.files, path, range.end);
  if (start === null || end === null) return actions;
  if (refactor.length > 0) {
    for (const action of refactorings(snapshot, path, start))
      if (refactor.includes(KINDS[action.kind])) actions.push(refactoringOf(border, client, action));
  }
  if (!quick) return actions;
  const silenced = (finding: Finding) => [
    ...silence(finding, snapshot.files),
    ...silenceEverywhere(finding, located, client),
  ];
  for (const action of codeActions(snapshot, path, start, end, silenced))
    actions.push(codeActionOf(border, action, client.takesVersionedEdits));
  if (client.showsDocuments) {
    for (const { rule } of oneOfEachRule(findingsIn(snapshot, path, start, end)))
      actions.push(documentation(rule));
  }
  return actions;
}

const KINDS: Readonly<Record<Refactoring['kind'], CodeActionKind>> = {
  extract: CodeActionKind.RefactorExtract,
  rewrite: CodeActionKind.RefactorRewrite,
};

const REFACTOR_KINDS = Object.values(KINDS);

function refactoringOf(border: Border, client: Client, action: Refactoring): CodeAction {
  const edit = editOf(border, action, client.takesVersionedEdits);
  return {
    title: action.title,
    kind: KINDS[action.kind],
    edit: client.movesFiles ? withMoves(edit, action.moves, border, client.annotatesEdits) : edit,
  };
}

/** A client asks for a kind by its name or by a name above it; the empty one is above all. */
function wants(only: readonly string[], kind: string): boolean {
  return only.some(asked => asked === '' || kind === asked || kind.startsWith(`${asked}.`));
}

/** Switching the rule off in `varsmith.json`, which may have to be made first. */
function silenceEverywhere({ rule }: Finding, { snapshot: { files } }: Located, client: Client): Fix[] {
  if (rule === SETTINGS_RULE) return [];
  const text = files.text(SETTINGS_FILE);
  if (text === null && (files.kind(SETTINGS_FILE) !== null || !client.createsFiles)) return [];
  const edit = switchOffEdit(text, rule);
  if (edit === null) return [];
  return [{ title: `Switch ${rule} off in the workspace`, edits: [edit], preferred: false }];
}

function documentation(rule: string): CodeAction {
  const title =
    rule === SETTINGS_RULE ? 'Open the documentation of the settings' : `Open the documentation of ${rule}`;
  return {
    title,
    kind: CodeActionKind.QuickFix,
    command: { title, command: OPEN_DOCUMENTATION, arguments: [rule] },
  };
}
