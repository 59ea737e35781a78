/**
 * The preview of session variables: a read-only document beside the editor that follows edits. The server computes
 * the text; the document's URI contains the root, machine and shell.
 */
import {
  commands,
  type Disposable,
  EventEmitter,
  l10n,
  languages,
  Uri,
  ViewColumn,
  window,
  workspace,
} from 'vscode';
import { STAYS } from '../generate/choose.ts';
import type { Server } from '../language/server.ts';
import {
  type EnvironmentParams,
  type EnvironmentResult,
  type EnvironmentShell,
  environmentRequest,
} from '../protocol/environment.ts';
import type { FleetNode } from './tree-nodes.ts';

export const previewCommand = 'varsmith.previewEnvironment';

const SCHEME = 'varsmith-env';

const ENDINGS: Readonly<Record<EnvironmentShell, string>> = { bash: 'sh', nushell: 'nu' };

export interface EnvironmentPreview extends Disposable {
  /** Requests every open preview from the server again. */
  refresh(): void;
}

export function createEnvironmentPreview(server: Server): EnvironmentPreview {
  const changed = new EventEmitter<Uri>();
  const opened = () => workspace.textDocuments.filter(({ uri }) => uri.scheme === SCHEME);

  const ask = (params: EnvironmentParams) =>
    server.request<EnvironmentResult | null>(environmentRequest, params);

  async function textOf(uri: Uri): Promise<string> {
    const shown = shownAt(uri);
    const result = await ask(shown);
    if (result === null) return `# ${l10n.t('No folder is open.')}\n`;
    return result.text ?? `# ${l10n.t('The machine "{0}" no longer exists.', shown.machine ?? '')}\n`;
  }

  async function preview(node?: FleetNode): Promise<void> {
    const near =
      node?.kind === 'machine' ? node.root : (window.activeTextEditor?.document.uri.toString() ?? null);
    const result = await ask({ near, machine: null, shell: 'bash' });
    if (result === null || result.machines.length === 0) {
      void window.showInformationMessage(l10n.t('No machine is declared in the open folders.'));
      return;
    }
    const machine = node?.kind === 'machine' ? node.machine.name : await pickMachine(result.machines);
    if (machine === undefined) return;
    const shell = await pickShell();
    if (shell === undefined) return;
    const document = await workspace.openTextDocument(addressOf({ near: result.root, machine, shell }));
    // VS Code has no language for nushell; its comments and strings are similar to those of shells.
    if (document.languageId === 'plaintext') await languages.setTextDocumentLanguage(document, 'shellscript');
    await window.showTextDocument(document, {
      viewColumn: ViewColumn.Beside,
      preview: true,
      preserveFocus: true,
    });
  }

  const provider = workspace.registerTextDocumentContentProvider(SCHEME, {
    onDidChange: changed.event,
    provideTextDocumentContent: textOf,
  });
  const command = commands.registerCommand(previewCommand, preview);
  return {
    refresh: () => {
      for (const { uri } of opened()) changed.fire(uri);
    },
    dispose: () => {
      provider.dispose();
      command.dispose();
      changed.dispose();
    },
  };
}

async function pickMachine(machines: readonly string[]): Promise<string | undefined> {
  if (machines.length === 1) return machines[0];
  return window.showQuickPick([...machines], {
    ...STAYS,
    title: l10n.t('Session variables of which machine?'),
  });
}

async function pickShell(): Promise<EnvironmentShell | undefined> {
  const items = [
    { label: 'bash', shell: 'bash' as const },
    { label: 'nushell', shell: 'nushell' as const },
  ];
  return (await window.showQuickPick(items, { ...STAYS, title: l10n.t('For which shell?') }))?.shell;
}

/** Returns the URI of a preview. The tab is named after the machine: `lea.sh`. */
function addressOf({ near, machine, shell }: EnvironmentParams): Uri {
  const name = `${machine ?? ''}.${ENDINGS[shell]}`;
  return Uri.from({ scheme: SCHEME, path: `/${name}`, query: JSON.stringify({ near, machine, shell }) });
}

function shownAt(uri: Uri): EnvironmentParams {
  return JSON.parse(uri.query) as EnvironmentParams;
}
