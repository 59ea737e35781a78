/**
 * The first view of an example fleet: the file with a mistake, the problems below, and the first steps beside it. A
 * file in the example requests it, so that it does not depend on how the example was opened (*Open Example Fleet* or
 * `npm start`).
 */
import {
  commands,
  type ExtensionContext,
  type LogOutputChannel,
  Selection,
  Uri,
  ViewColumn,
  window,
  workspace,
} from 'vscode';

/** The file in the folder of an example. */
const MARKER = '.varsmith-example.json';
/** The key in the workspace's memory that records that the view was shown. */
const SHOWN = 'varsmith.firstSight';
const WALKTHROUGH = 'varsmith.varsmith#start';

interface FirstSight {
  /** Relative to the folder. */
  readonly file: string;
  /** The text whose first occurrence is selected. */
  readonly text: string;
}

/** Shows the view once in a workspace whose first folder is an example. Does nothing elsewhere. */
export async function showFirstSight(
  { workspaceState }: Pick<ExtensionContext, 'workspaceState'>,
  log: Pick<LogOutputChannel, 'warn'>,
): Promise<void> {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  if (folder === undefined || workspaceState.get(SHOWN) === true) return;
  const sight = await readMarker(folder);
  if (sight === null) return;
  await workspaceState.update(SHOWN, true);
  try {
    await show(Uri.joinPath(folder, sight.file), sight.text);
  } catch (error) {
    // The example may have been changed, and the view is optional.
    log.warn(`The first sight of the example: ${String(error)}`);
  }
}

async function readMarker(folder: Uri): Promise<FirstSight | null> {
  try {
    const bytes = await workspace.fs.readFile(Uri.joinPath(folder, MARKER));
    const { file, text }: Partial<FirstSight> = JSON.parse(new TextDecoder().decode(bytes));
    const isInside = typeof file === 'string' && !file.split('/').includes('..');
    return isInside && typeof text === 'string' ? { file, text } : null;
  } catch {
    // Not an example, as almost always.
    return null;
  }
}

async function show(uri: Uri, text: string): Promise<void> {
  const document = await workspace.openTextDocument(uri);
  const at = Math.max(0, document.getText().indexOf(text));
  const [start, end] = [document.positionAt(at), document.positionAt(at + text.length)];
  const options = { viewColumn: ViewColumn.One, selection: new Selection(start, end), preview: false };
  await window.showTextDocument(document, options);
  await commands.executeCommand('workbench.action.openWalkthrough', WALKTHROUGH, true);
  await commands.executeCommand('workbench.actions.view.problems');
  // The other two views have taken the focus.
  await window.showTextDocument(document, options);
}
