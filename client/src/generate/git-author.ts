/** *Set Name and Email…*: tells git who makes commits. */
import { l10n, Uri, window } from 'vscode';
import { STAYS } from './choose.ts';
import { findOnPath } from './engine.ts';
import { runGit } from './program.ts';

/**
 * Asks for the name and the address, and stores them in the person's settings of git.
 * @param root URI of the fleet
 * @returns whether git has both now
 */
export async function askAuthor(root: string): Promise<boolean> {
  const cwd = Uri.parse(root).fsPath;
  const git = await findGit();
  if (git === null) return false;
  const name = await window.showInputBox({
    ...STAYS,
    title: l10n.t('Git: your name (1 of 2)'),
    prompt: l10n.t('Commits name you as their author, in all your repositories.'),
    placeHolder: l10n.t('Ada Lovelace'),
    validateInput: value => (value.trim() === '' ? l10n.t('Enter a name.') : null),
  });
  if (!name) return false;
  const email = await window.showInputBox({
    ...STAYS,
    title: l10n.t('Git: your email address (2 of 2)'),
    placeHolder: l10n.t('ada@example.org'),
    validateInput: value => (/^\S+@\S+$/.test(value.trim()) ? null : l10n.t('Enter an email address.')),
  });
  if (!email) return false;
  for (const [key, value] of [
    ['user.name', name.trim()],
    ['user.email', email.trim()],
  ] as const) {
    const { code, said } = await runGit(git, cwd, ['config', '--global', key, value]);
    if (code === 0) continue;
    void window.showErrorMessage(l10n.t('Git could not be set up. {0}', said));
    return false;
  }
  return true;
}

/** Returns the absolute path of git, or `null` after the person has been told that there is none. */
export async function findGit(): Promise<string | null> {
  const git = await findOnPath('git');
  if (git === null) void window.showErrorMessage(l10n.t('Git is not installed.'));
  return git;
}
