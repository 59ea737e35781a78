/**
 * Adds secrets of sops-nix and converts secrets of sops-nix and agenix to vars, from the editor. The command line
 * decides what is possible; a value only goes from the input box to its standard input.
 */
import { commands, type Disposable, l10n, ProgressLocation, Uri, window, workspace } from 'vscode';
import { secretCount } from '../counts.ts';
import { askQuestion } from '../generate/ask.ts';
import { chooser, STAYS } from '../generate/choose.ts';
import { editorBoxes } from '../generate/input-boxes.ts';
import { type Ended, runProgram } from '../generate/program.ts';
import type { Server } from '../language/server.ts';
import { openPlace } from '../open-place.ts';
import { isTrusted } from '../trust.ts';
import type { SecretNode } from '../views/secret-items.ts';

/**
 * Registers the commands.
 * @param cli absolute path of the bundled command line
 */
export function registerSopsCommands(server: Server, cli: string): readonly Disposable[] {
  const choose = chooser(server);
  const register = (id: string, work: (about: About) => Promise<void>) =>
    commands.registerCommand(id, async (node?: SecretNode) => {
      if (!(await isTrusted())) return;
      const choice = node !== undefined && 'root' in node ? node : null;
      const root =
        choice === null ? (await choose.root())?.uri : choice.kind === 'root' ? choice.root.uri : choice.root;
      if (root === undefined) return;
      const cwd = Uri.parse(root).fsPath;
      await work({ run: runner(cli, cwd), root, cwd, node: choice });
    });
  return [
    register('varsmith.addSopsSecret', addSopsSecret),
    register('varsmith.convertToVars', convertToVars),
  ];
}

/** The root and the item that a command was started for. */
interface About {
  readonly run: Run;
  /** URI of the fleet. */
  readonly root: string;
  /** Absolute path of the fleet. */
  readonly cwd: string;
  /** The item of the view from whose menu the command was started. */
  readonly node: SecretNode | null;
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
  const ended = await run([...args, '--json', ...random], value);
  if (ended === null) return;
  const { file, module, line } = JSON.parse(ended.stdout) as Added;
  if (module !== null) await openPlace(root, { file: module, line: line ?? 1, column: 1 });
  void window.showInformationMessage(l10n.t('Varsmith: "{0}" is now encrypted in {1}.', name, file));
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
  const ended = await run([...args, '--dry-run', '--json']);
  if (ended === null) return null;
  const { refused, asks, choices } = JSON.parse(ended.stdout) as Asked;
  if (refused === undefined) return args;
  if (asks === undefined || args.includes(`--${asks}`)) {
    void window.showErrorMessage(`Varsmith: ${refused}`);
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

async function convertToVars({ run, cwd, node }: About): Promise<void> {
  if (!(await workspace.saveAll(false))) return;
  const within = ['--root', cwd];
  const looked = await run(['convert', ...chosenBy(node), '--dry-run', '--json', ...within]);
  if (looked === null) return;
  const { converted, kept } = JSON.parse(looked.stdout) as Conversions;
  const reasons = kept.map(entry => entry.reason);
  if (converted.length === 0) {
    const why =
      reasons.length === 0 ? l10n.t('There is no secret of sops-nix or agenix here.') : reasons.join(' ');
    void window.showInformationMessage(l10n.t('Varsmith: nothing can be converted. {0}', why));
    return;
  }
  const items = converted.map(({ name, generator, stored }) => ({
    label: name,
    description: [...new Set(stored.flatMap(entry => entry.machines))].join(', '),
    detail: l10n.t(
      '{0} → generator {1}',
      [...new Set(stored.map(entry => entry.file))].join(', '),
      generator,
    ),
  }));
  const picked = await window.showQuickPick(items, {
    ...STAYS,
    title: l10n.t('Convert to Vars: which secrets?'),
    placeHolder: keptText(kept.length),
    canPickMany: true,
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (!picked || picked.length === 0) return;
  const names = picked.map(item => item.label);
  if (!(await isConfirmed(run, [...names, ...within], reasons))) return;
  const ended = await run(['convert', ...names, '--json', ...within]);
  if (ended === null) return;
  const { notes } = JSON.parse(ended.stdout) as Conversions;
  const sentences = [
    names.length === 1
      ? l10n.t('1 secret converted, nothing committed.')
      : l10n.t('{0} secrets converted, nothing committed.', names.length),
    ...notes,
  ].join(' ');
  const changes = l10n.t('Show Changes');
  const answer = await window.showInformationMessage(`Varsmith: ${sentences}`, changes);
  if (answer === changes) await commands.executeCommand('workbench.view.scm');
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
async function isConfirmed(run: Run, args: readonly string[], reasons: readonly string[]): Promise<boolean> {
  const [convert, show] = [l10n.t('Convert'), l10n.t('Show Diff')];
  const count = args.length - 2;
  const left = reasons.length === 0 ? [] : [l10n.t('Not changed: {0}', reasons.join(' '))];
  const question = [
    l10n.t('Convert {0} with their values?', secretCount(count)),
    l10n.t('Modules, encrypted files and vars change together. Nothing is committed.'),
    ...left,
  ].join(' ');
  for (;;) {
    const answer = await window.showWarningMessage(question, convert, show);
    if (answer !== show) return answer === convert;
    const ended = await run(['convert', ...args, '--dry-run']);
    if (ended === null) return false;
    const document = await workspace.openTextDocument({ language: 'diff', content: ended.stdout });
    await window.showTextDocument(document, { preview: true });
  }
}

/** Runs the command line on a fleet. Returns `null` if it failed and the person has been informed. */
type Run = (args: readonly string[], input?: string) => Promise<Ended | null>;

/** Returns a runner that asks for another key file if no key fits, and uses it for all further runs. */
function runner(cli: string, cwd: string): Run {
  const keys: string[] = [];
  return async function run(args, input = '') {
    const all = [...args, ...keys.flatMap(path => ['--identity', path])];
    const ended = await window.withProgress(
      { location: ProgressLocation.Window, title: l10n.t('Varsmith: encrypted files') },
      () => runProgram({ cli, cwd, trusted: workspace.isTrusted, args: all }, input),
    );
    // Its JSON output lists what it could not do.
    if (ended.code === 0 || (args.includes('--json') && ended.stdout !== '')) return ended;
    if (!ended.said.includes('--identity')) return fail(ended);
    const choose = l10n.t('Choose Key File…');
    const answer = await window.showErrorMessage(`Varsmith: ${ended.said}`, choose);
    if (answer !== choose) return null;
    const [file] = (await window.showOpenDialog({ title: l10n.t('An age identity or an ssh key') })) ?? [];
    if (file === undefined) return null;
    keys.push(file.fsPath);
    return run(args, input);
  };
}

function fail({ said, code }: Ended): null {
  void window.showErrorMessage(
    `Varsmith: ${said === '' ? l10n.t('the command line has ended ({0}).', code ?? '') : said}`,
  );
  return null;
}
