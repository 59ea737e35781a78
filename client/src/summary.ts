/** Summarises a check in a sentence. Plain text from plain data. */
import { l10n } from 'vscode';
import { fileCount } from './counts.ts';
import type { CheckWorkspaceResult } from './protocol/status.ts';

/** Returns "Checked 34 files: 2 errors, 1 warning." without severities that have no findings. */
export function summarize(result: CheckWorkspaceResult): string {
  const { files } = result;
  const findings = findingsText(result);
  if (findings === '')
    return files === 0
      ? l10n.t('Checked no files: nothing to report.')
      : l10n.t('Checked {0}: nothing to report.', fileCount(files));
  return l10n.t('Checked {0}: {1}.', fileCount(files), findings);
}

function findingsText({ errors, warnings, infos, hints }: CheckWorkspaceResult): string {
  return [
    errors === 1 ? l10n.t('1 error') : errors > 0 && l10n.t('{0} errors', errors),
    warnings === 1 ? l10n.t('1 warning') : warnings > 0 && l10n.t('{0} warnings', warnings),
    infos === 1 ? l10n.t('1 info') : infos > 0 && l10n.t('{0} infos', infos),
    hints === 1 ? l10n.t('1 hint') : hints > 0 && l10n.t('{0} hints', hints),
  ]
    .filter(Boolean)
    .join(', ');
}

/** Returns whether the Problems view has anything to show; on request VS Code lists hints there too. */
export function hasFindings(result: CheckWorkspaceResult): boolean {
  return result.errors + result.warnings + result.infos + result.hints > 0;
}
