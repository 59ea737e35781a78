/**
 * *Varsmith: Doctor*: shows what the server found of the open folders as a page of Markdown that cannot be edited. It
 * tells the server whether programs may be run, and decides nothing else.
 */
import { commands, type Disposable, EventEmitter, l10n, Uri, window, workspace } from 'vscode';
import { type DoctorParams, type DoctorResult, doctorRequest } from './protocol.ts';
import type { Server } from './server.ts';

export const doctorCommand = 'varsmith.doctor';

const SCHEME = 'varsmith-doctor';
const PAGE = 'Varsmith Doctor.md';

const noFolder = () =>
  `# Varsmith\n\n${l10n.t('No folder is open. Open the folder of a fleet: one with {0} or {1}.', '`flake.nix`', '`.clan-flake`')}\n`;

export function registerDoctor(server: Server): readonly Disposable[] {
  const changed = new EventEmitter<Uri>();
  let text = '';
  return [
    changed,
    workspace.registerTextDocumentContentProvider(SCHEME, {
      onDidChange: changed.event,
      provideTextDocumentContent: () => text,
    }),
    commands.registerCommand(doctorCommand, async () => {
      const asked: DoctorParams = { trusted: workspace.isTrusted };
      const found = (await server.request<DoctorResult[] | null>(doctorRequest, asked)) ?? [];
      text = found.length === 0 ? noFolder() : found.map(({ markdown }) => markdown).join('\n---\n\n');
      const uri = Uri.from({ scheme: SCHEME, path: PAGE });
      changed.fire(uri);
      try {
        await commands.executeCommand('markdown.showPreview', uri);
      } catch {
        // The editor's own Markdown extension may be switched off; the source reads well, too.
        await window.showTextDocument(uri);
      }
    }),
  ];
}
