/**
 * Adds secrets of sops-nix, from the editor, and registers the commands about secrets. The command line decides what
 * is possible; a value only goes from the input box to its standard input.
 */
import { commands, type Disposable, l10n, Uri, window, workspace } from 'vscode';
import { askQuestion } from '../generate/ask.ts';
import { chooser, STAYS } from '../generate/choose.ts';
import { editorBoxes } from '../generate/input-boxes.ts';
import type { Server } from '../language/server.ts';
import { openPlace } from '../open-place.ts';
import { isTrusted } from '../trust.ts';
import type { SecretNode } from '../views/secret-items.ts';
import { createTextPage } from '../views/text-page.ts';
import { convertToVars, undoConversion } from './convert-command.ts';
import { type About, type Run, runner } from './sops-run.ts';

/**
 * Registers the commands.
 * @param cli absolute path of the bundled command line
 */
export function registerSopsCommands(server: Server, cli: string): readonly Disposable[] {
  const choose = chooser(server);
  const diff = createTextPage('varsmith-conversion', () => `${l10n.t('Convert to Vars')}.diff`);
  const register = (id: string, work: (about: About) => Promise<void>) =>
    commands.registerCommand(id, async (node?: SecretNode) => {
      if (!(await isTrusted())) return;
      const choice = node !== undefined && 'root' in node ? node : null;
      const root =
        choice === null ? (await choose.root())?.uri : choice.kind === 'root' ? choice.root.uri : choice.root;
      if (root === undefined) return;
      const cwd = Uri.parse(root).fsPath;
      await work({ run: runner(cli, root), root, cwd, diff, node: choice });
    });
  return [
    diff,
    register('varsmith.addSopsSecret', addSopsSecret),
    register('varsmith.convertToVars', convertToVars),
    register('varsmith.undoConversion', undoConversion),
  ];
}

/** Output of `varsmith add sops --json`. */
interface Added {
  readonly file: string;
  /** `null` if the secret was already declared. */
  readonly module: string | null;
  /** 1-based line of the declaration. */
  readonly line: number | null;
}

/** In a dry run, also the available choices, and the choice that is still missing. */
interface Asked extends Partial<Added> {
  readonly refused?: string;
  readonly asks?: 'module' | 'file';
  readonly choices: { readonly files: readonly string[]; readonly modules: readonly string[] };
}

async function addSopsSecret({ run, root, cwd, node }: About): Promise<void> {
  const name = await window.showInputBox({
    ...STAYS,
    title: l10n.t('Add sops Secret: name'),
    prompt: l10n.t(
      'As in {0}. The key in the encrypted file has the same name. A slash separates nested keys.',
      'sops.secrets."…"',
    ),
    placeHolder: 'api/token',
    validateInput: value => (value.trim() === '' ? l10n.t('Give the secret a name.') : null),
  });
  if (!name || !(await workspace.saveAll(false))) return;
  const into = node?.kind === 'file' ? ['--file', node.file.path] : [];
  const args = await settled(run, ['add', 'sops', name, cwd, ...into]);
  if (args === null) return;
  const kinds = [
    {
      label: l10n.t('Enter a value'),
      detail: l10n.t('You can also paste it or read it from a file.'),
      isRandom: false,
    },
    {
      label: l10n.t('Make it'),
      detail: l10n.t('32 random bytes as letters, digits, - and _.'),
      isRandom: true,
    },
  ];
  const kind = await window.showQuickPick(kinds, {
    ...STAYS,
    title: l10n.t('Add sops Secret {0}: value', name),
  });
  if (kind === undefined) return;
  const value = kind.isRandom ? '' : await typedValue(name);
  if (typeof value !== 'string') return;
  const random = kind.isRandom ? ['--random'] : [];
  const added = await run<Added>([...args, ...random], value);
  if (added === null) return;
  const { file, module, line } = added;
  if (module !== null) await openPlace(root, { file: module, line: line ?? 1, column: 1 });
  void window.showInformationMessage(l10n.t('"{0}" is now encrypted in {1}.', name, file));
}

function typedValue(name: string): Promise<string | null | undefined> {
  return askQuestion(
    {
      title: name,
      description: l10n.t('The value of {0}', name),
      ...{ hidden: true, multiline: false, required: true, ifEmpty: null, previous: null },
      ...{ confirm: true, bringable: true },
    },
    editorBoxes(),
  );
}

/**
 * Asks for module and file for as long as the command line cannot infer them. Returns `null` if the person cancels or
 * it fails.
 */
async function settled(run: Run, args: readonly string[]): Promise<readonly string[] | null> {
  const asked = await run<Asked>([...args, '--dry-run']);
  if (asked === null) return null;
  const { refused, asks, choices } = asked;
  if (refused === undefined) return args;
  if (asks === undefined || args.includes(`--${asks}`)) {
    void window.showErrorMessage(refused);
    return null;
  }
  const offered = asks === 'module' ? choices.modules : choices.files;
  const title =
    asks === 'module'
      ? l10n.t('Add sops Secret: module that declares it')
      : l10n.t('Add sops Secret: encrypted file');
  const other = { label: `$(new-file) ${l10n.t('Another…')}`, path: null };
  const items = [...offered.map(path => ({ label: path, path })), other];
  const picked = await window.showQuickPick(items, { ...STAYS, title });
  const path =
    picked === undefined
      ? undefined
      : (picked.path ??
        (await window.showInputBox({
          ...STAYS,
          title,
          prompt: l10n.t('Relative to the folder of the fleet.'),
        })));
  return path ? settled(run, [...args, `--${asks}`, path]) : null;
}
