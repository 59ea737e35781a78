// What the in-host tests share: the scene, waiting for findings by event, and leaving no edited document behind.

import * as vscode from 'vscode';

/** A place of the scene: file relative to its folder, line and column 1-based. */
interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

interface Scene {
  readonly folder: string;
  readonly unknownKey: Place & { readonly message: string; readonly replacement: string };
  readonly selectedKey: {
    readonly key: string;
    readonly generator: string;
    readonly entry: Place;
    readonly selection: Place;
  };
}

/** What run-electron.mjs found in the example fleet. */
export const scene: Scene = JSON.parse(process.env.VARSMITH_SCENE ?? '{}');

/** Machines are busy: what takes long is no mistake. */
const DEADLINE_MS = 60_000;

export function uriOf(place: Place): vscode.Uri {
  return vscode.Uri.joinPath(vscode.Uri.file(scene.folder), place.file);
}

/** The editor's position (0-based) of a place (1-based). */
export function positionOf(place: Place): vscode.Position {
  return new vscode.Position(place.line - 1, place.column - 1);
}

/** The extension under test; throws when VS Code does not know it. */
export function varsmith(): vscode.Extension<{ readonly activationMilliseconds: number }> {
  const found = vscode.extensions.getExtension('varsmith.varsmith');
  if (!found) throw new Error('the extension varsmith.varsmith is not installed');
  return found;
}

/** Opens the file of a place in an editor and activates the extension. */
export async function open(place: Place): Promise<vscode.TextEditor> {
  const editor = await vscode.window.showTextDocument(uriOf(place));
  await varsmith().activate();
  return editor;
}

/** The rule a diagnostic belongs to. */
export function ruleOf({ code }: vscode.Diagnostic): string {
  return String(typeof code === 'object' ? code.value : code);
}

/** Varsmith's diagnostics of a file. */
export function findingsOf(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'varsmith');
}

/**
 * Resolves as soon as `look` returns something for the findings of `uri`, looking now and after every change of diagnostics.
 * Rejects after the deadline with `wanted` and what was there instead.
 */
export function findingsUntil<Found>(
  uri: vscode.Uri,
  wanted: string,
  look: (findings: readonly vscode.Diagnostic[]) => Found | undefined,
): Promise<Found> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      clearTimeout(deadline);
      subscription.dispose();
      settle();
    };
    const attempt = () => {
      const found = look(findingsOf(uri));
      if (found !== undefined) finish(() => resolve(found));
    };
    const deadline = setTimeout(() => {
      const present = findingsOf(uri).map(each => `${ruleOf(each)}: ${each.message}`);
      finish(() => reject(new Error(`${wanted}: not seen. Findings: ${present.join('; ') || 'none'}`)));
    }, DEADLINE_MS);
    const subscription = vscode.languages.onDidChangeDiagnostics(attempt);
    attempt();
  });
}

/** Waits for the finding of the unknown key. */
export function unknownKeyFinding(): Promise<vscode.Diagnostic> {
  return findingsUntil(uriOf(scene.unknownKey), 'the unknown key is found', findings =>
    findings.find(({ message }) => message === scene.unknownKey.message),
  );
}

/** Waits until no finding of the file has this message. */
export function noFinding(uri: vscode.Uri, message: string): Promise<true> {
  return findingsUntil(uri, `"${message}" is gone`, findings =>
    findings.some(each => each.message.includes(message)) ? undefined : true,
  );
}

/** Puts every edited file of the scene back and closes the editors. */
export async function revertAll(): Promise<void> {
  // VS Code edits its own settings.json while it starts; that document is left to it.
  const edited = vscode.workspace.textDocuments.filter(
    ({ isDirty, uri }) => isDirty && uri.fsPath.startsWith(scene.folder),
  );
  for (const document of edited) {
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

/** Inserts text at a place of a document, without saving it. */
export async function insert(place: Place, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.insert(uriOf(place), positionOf(place), text);
  if (!(await vscode.workspace.applyEdit(edit))) throw new Error(`${place.file} could not be edited`);
}
