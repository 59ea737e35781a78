/**
 * *Varsmith: Doctor*: shows the server's report on the open folders as a read-only Markdown page. It tells the server
 * whether programs may be run, and decides nothing else.
 */
import { commands, type Disposable, EventEmitter, l10n, Uri, window, workspace } from 'vscode';
import type { Server } from '../language/server.ts';
import { type DoctorParams, type DoctorResult, doctorRequest } from '../protocol/doctor.ts';
import { isTrusted } from '../trust.ts';

export const doctorCommand = 'varsmith.doctor';

/** Asks for the author of commits. */
export const setAuthorCommand = 'varsmith.setAuthor';

const MAKE_KEY = 'varsmith.makeKey';
const GENERATE = 'varsmith.generate';

const SCHEME = 'varsmith-doctor';
const PAGE = 'Varsmith Doctor.md';

const noFolder = () =>
  `# Varsmith\n\n${l10n.t('No folder is open. Open the folder of a fleet, which contains {0} or {1}.', '`flake.nix`', '`.clan-flake`')}\n`;

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
      const results = (await server.request<DoctorResult[] | null>(doctorRequest, asked)) ?? [];
      text = results.length === 0 ? noFolder() : results.map(({ markdown }) => markdown).join('\n---\n\n');
      const uri = Uri.from({ scheme: SCHEME, path: PAGE });
      changed.fire(uri);
      try {
        await commands.executeCommand('markdown.showPreview', uri);
      } catch {
        // The editor's Markdown extension may be disabled; the source is readable as well.
        await window.showTextDocument(uri);
      }
      await offer(results.flatMap(({ actions }) => actions));
    }),
  ];
}

/**
 * Offers commands that fix problems in the report, as Markdown pages cannot run them. The key comes first, as
 * everything else needs it.
 */
async function offer(actions: DoctorResult['actions']): Promise<void> {
  if (actions.length === 0) return;
  // No command that mends something runs before that.
  if (!workspace.isTrusted) return void (await isTrusted());
  const [command, text, button] = actions.includes('key')
    ? [
        MAKE_KEY,
        l10n.t('You have no key for this fleet yet. You need one because its secrets are encrypted.'),
        l10n.t('Create Key…'),
      ]
    : actions.includes('author')
      ? [
          setAuthorCommand,
          l10n.t('Git needs your name and email address before vars can be committed.'),
          l10n.t('Set Name and Email…'),
        ]
      : [GENERATE, l10n.t('This fleet has vars to generate.'), l10n.t('Generate Vars…')];
  if (!(await commands.getCommands(true)).includes(command)) return;
  if ((await window.showInformationMessage(text, button)) === button) await commands.executeCommand(command);
}
