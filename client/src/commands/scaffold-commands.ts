/**
 * Scaffolding from the editor: asks for what a command needs, lets the server write everything as a single edit, and
 * reports the result. The server decides what is written, and where.
 */
import { commands, type Disposable, l10n, TabInputText, Uri, window, workspace } from 'vscode';
import type { Server } from '../language/server.ts';
import { openWhere } from '../open-place.ts';
import {
  type ScaffoldParams,
  type ScaffoldResult,
  type ScaffoldWish,
  scaffoldRequest,
} from '../protocol/scaffold.ts';
import { showChanges, unsaved } from '../unsaved.ts';
import { pickContext, type ScaffoldContext } from './scaffold-context.ts';
import { askFleet, askGenerator, askService } from './scaffold-questions.ts';
import { askSecret } from './scaffold-secret.ts';

const MAKE_KEY = 'varsmith.makeKey';

export function registerScaffoldCommands(server: Server): readonly Disposable[] {
  const register = <Given>(
    id: string,
    ask: (context: ScaffoldContext, given?: Given) => Promise<ScaffoldWish | undefined>,
  ) =>
    commands.registerCommand(id, async (given?: Given) => {
      const context = await pickContext(server);
      const wish = context && (await ask(context, given));
      if (context && wish) await applyScaffold(server, context, wish);
    });
  return [
    register('varsmith.addSecret', askSecret),
    register('varsmith.newGenerator', askGenerator),
    register('varsmith.newService', askService),
    // The editor passes something of its own where the command is chosen in a menu.
    register('varsmith.initFleet', (context, given?: unknown) =>
      askFleet(context, given === 'registry' ? given : undefined),
    ),
  ];
}

async function applyScaffold(server: Server, { root }: ScaffoldContext, wish: ScaffoldWish): Promise<void> {
  const before = new Set(unsaved());
  const params: ScaffoldParams = { root, wish, trusted: workspace.isTrusted };
  const result = await server.request<ScaffoldResult | null>(scaffoldRequest, params);
  if (result === null || result.refused !== null) {
    // The server answers `null` if it failed; its log has the reason.
    void window.showErrorMessage(
      result?.refused ?? l10n.t('Nothing was written: the language server failed. See its log.'),
    );
    return;
  }
  // A new file would be empty on disk until it is saved.
  await Promise.all(
    result.created.map(async uri => (await workspace.openTextDocument(Uri.parse(uri))).save()),
  );
  await closeOthers(result);
  if (result.shown) await openWhere(result.shown);
  const kept = result.kept.length === 0 ? [] : [l10n.t('Kept as they are: {0}.', result.kept.join(', '))];
  if (wish.what === 'fleet') return showFleet(result, kept);
  await showChanges(
    [...result.notes, ...kept],
    unsaved().filter(document => !before.has(document)),
  );
}

/** Closes the tabs that the editor opened for new files, except that of the shown file. */
async function closeOthers({ created, shown }: ScaffoldResult): Promise<void> {
  const others = new Set(created.filter(uri => uri !== shown?.uri));
  if (others.size === 0) return;
  const tabs = window.tabGroups.all.flatMap(group => group.tabs);
  const closed = tabs.filter(
    ({ input, isDirty }) => !isDirty && input instanceof TabInputText && others.has(input.uri.toString()),
  );
  if (closed.length > 0) await window.tabGroups.close(closed, true);
}

/** Shows the number of files in a new fleet, and offers the next step. */
async function showFleet({ created, notes }: ScaffoldResult, kept: readonly string[]): Promise<void> {
  if (created.length === 0) {
    const there = [l10n.t('All files already exist.'), ...notes, ...kept];
    void window.showInformationMessage(there.join(' '));
    return;
  }
  const made = l10n.t('A fleet of {0} files was made.', created.length);
  const next = l10n.t('Next, create your key and generate the vars.');
  const message = [made, ...notes, ...kept, next].join(' ');
  const canMake = (await commands.getCommands(true)).includes(MAKE_KEY);
  const step = canMake ? l10n.t('Create Key…') : l10n.t('Run the Doctor');
  if ((await window.showInformationMessage(message, step)) === step)
    await commands.executeCommand(canMake ? MAKE_KEY : 'varsmith.doctor');
}
