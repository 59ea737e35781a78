/** *Convert to Vars…*: converts secrets of sops-nix and agenix to vars, after showing what would change. */
import { commands, l10n, window, workspace } from 'vscode';
import { secretCount } from '../counts.ts';
import { pickSome } from '../generate/pick-some.ts';
import type { SecretNode } from '../views/secret-items.ts';
import type { About } from './sops-run.ts';

/** In a dry run, also the changes to modules and what would be stored for whom, as text. */
interface Preview extends Conversions {
  readonly preview: string;
}

/** Output of `varsmith convert --json`. */
interface Conversions {
  readonly converted: readonly {
    readonly name: string;
    readonly generator: string;
    readonly stored: readonly { readonly machines: readonly string[]; readonly file: string }[];
  }[];
  readonly kept: readonly { readonly name: string; readonly reason: string }[];
  readonly notes: readonly string[];
}

export async function convertToVars(about: About): Promise<void> {
  const { run, cwd, node } = about;
  if (!(await workspace.saveAll(false))) return;
  const within = ['--root', cwd];
  const looked = await run<Conversions>(['convert', ...chosenBy(node), '--dry-run', ...within]);
  if (looked === null) return;
  const { converted, kept } = looked;
  const reasons = kept.map(entry => entry.reason);
  if (converted.length === 0) {
    const why =
      reasons.length === 0 ? l10n.t('There is no secret of sops-nix or agenix here.') : reasons.join(' ');
    void window.showInformationMessage(l10n.t('Nothing can be converted. {0}', why));
    return;
  }
  const items = converted.map(({ name, generator, stored }) => ({
    label: name,
    picked: true,
    description: [...new Set(stored.flatMap(entry => entry.machines))].join(', '),
    detail: l10n.t(
      '{0} → generator {1}',
      [...new Set(stored.map(entry => entry.file))].join(', '),
      generator,
    ),
  }));
  const picked = await pickSome(items, {
    title: l10n.t('Convert to Vars: which secrets?'),
    placeholder: keptText(kept.length),
    empty: l10n.t('No secret is selected. Select at least one, or press Escape to cancel.'),
  });
  if (picked === null) return;
  const names = picked.map(item => item.label);
  if (!(await isConfirmed(about, [...names, ...within], reasons))) return;
  const done = await run<Conversions>(['convert', ...names, ...within]);
  if (done === null) return;
  const { notes } = done;
  const sentences = [
    names.length === 1
      ? l10n.t('1 secret converted, nothing committed.')
      : l10n.t('{0} secrets converted, nothing committed.', names.length),
    ...notes,
  ].join(' ');
  const [changes, undo] = [l10n.t('Show Changes'), l10n.t('Undo Conversion')];
  const answer = await window.showInformationMessage(sentences, changes, undo);
  if (answer === changes) await commands.executeCommand('workbench.view.scm');
  if (answer === undo) await undoConversion(about);
}

/** *Undo Conversion*: takes the last conversion back as a whole. */
export async function undoConversion({ run, cwd }: Pick<About, 'run' | 'cwd'>): Promise<void> {
  if (!(await workspace.saveAll(false))) return;
  const undone = await run<{ readonly restored: readonly string[] }>(['convert', '--undo', '--root', cwd]);
  if (undone === null) return;
  void window.showInformationMessage(
    l10n.t('The conversion was taken back: modules, encrypted files and vars are as they were before it.'),
  );
}

function keptText(count: number): string {
  if (count === 0) return '';
  return count === 1
    ? l10n.t('1 other cannot be converted')
    : l10n.t('{0} others cannot be converted', count);
}

/** Returns the names of the secrets to choose from. */
function chosenBy(node: SecretNode | null): readonly string[] {
  switch (node?.kind) {
    case 'secret':
      return [node.secret.name];
    case 'file':
      return ['--file', node.file.path];
    case 'machine':
      return ['--machine', node.machine.name];
    default:
      return ['--all'];
  }
}

/** Shows the changes if requested, and asks for confirmation. */
async function isConfirmed(
  { run, diff }: About,
  args: readonly string[],
  reasons: readonly string[],
): Promise<boolean> {
  const [convert, show] = [l10n.t('Convert'), l10n.t('Show Diff')];
  const count = args.length - 2;
  const question = l10n.t('Convert {0}, values included?', secretCount(count));
  const detail = [
    l10n.t('Modules, encrypted files and vars change together. Nothing is committed.'),
    ...(reasons.length === 0 ? [] : [l10n.t('Not changed: {0}', reasons.join(' '))]),
  ].join('\n\n');
  const answer = await window.showWarningMessage(question, { modal: true, detail }, convert, show);
  if (answer !== show) return answer === convert;
  const looked = await run<Preview>(['convert', ...args, '--dry-run']);
  if (looked === null) return false;
  await diff.show(looked.preview);
  // A modal question would hide the diff.
  return (await window.showWarningMessage(question, convert)) === convert;
}
