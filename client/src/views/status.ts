/**
 * The language status item in the status bar, which shows Varsmith's activity for a Nix file or, if nothing is found,
 * the reason. Only shows what it is passed.
 */
import { type Disposable, LanguageStatusSeverity, l10n, languages } from 'vscode';
import { showLogCommand } from '../commands/commands.ts';
import type { ServerState, ServerStatus } from '../protocol/status.ts';
import { doctorCommand } from './doctor-command.ts';

export interface Status extends Disposable {
  readonly show: (status: ServerStatus) => void;
}

const severities: Readonly<Record<ServerState, LanguageStatusSeverity>> = {
  starting: LanguageStatusSeverity.Information,
  ready: LanguageStatusSeverity.Information,
  checking: LanguageStatusSeverity.Information,
  failed: LanguageStatusSeverity.Error,
};

/** Creates the item; a click runs the doctor, or shows the log if the server does not run. */
export function createStatus(): Status {
  const item = languages.createLanguageStatusItem('varsmith.status', { language: 'nix', scheme: 'file' });
  item.name = 'Varsmith';
  return {
    show: status => {
      item.text = `Varsmith: ${status.message}`;
      item.detail = status.detail ?? '';
      item.command =
        status.state === 'failed'
          ? { title: l10n.t('Show Log'), command: showLogCommand }
          : { title: l10n.t('Doctor'), command: doctorCommand };
      item.severity = severities[status.state];
      item.busy = status.state === 'starting' || status.state === 'checking';
    },
    dispose: () => item.dispose(),
  };
}
