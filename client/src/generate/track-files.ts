/** *Add … to git*, which findings and the doctor offer: tells git of files, so that the flake sees them. */
import { l10n, Uri, window } from 'vscode';
import { findGit } from './git-author.ts';
import { runGit } from './program.ts';

/** Takes the URI of a fleet, and paths relative to it. */
export const trackFilesCommand = 'varsmith.trackFiles';

export async function trackFiles(root: string, paths: readonly string[]): Promise<void> {
  const git = await findGit();
  if (git === null) return;
  const { code, said } = await runGit(git, Uri.parse(root).fsPath, ['add', '--', ...paths]);
  if (code !== 0) void window.showErrorMessage(l10n.t('Git could not add the files. {0}', said));
}
