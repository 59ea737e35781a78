/**
 * The commands of the palette, each a few lines that ask the server and show its answer. Ids and titles are declared
 * in package.json.
 */
import { commands, type Disposable, type LogOutputChannel, l10n, ProgressLocation, window } from 'vscode';
import type { GraphTab } from '../graph/graph-panel.ts';
import type { Server } from '../language/server.ts';
import { openGenerator, openWhere } from '../open-place.ts';
import type { GeneratorRef } from '../protocol/generators.ts';
import type { Where } from '../protocol/places.ts';
import { type CheckWorkspaceResult, checkWorkspaceRequest } from '../protocol/status.ts';
import { hasFindings, summarize } from '../summary.ts';
import { openGeneratorCommand } from '../views/report.ts';
import { openCommand } from '../views/tree-look.ts';
import type { FleetNode } from '../views/tree-nodes.ts';

const checkWorkspaceCommand = 'varsmith.checkWorkspace';
const restartServerCommand = 'varsmith.restartServer';
export const showLogCommand = 'varsmith.showLog';
const showGraphCommand = 'varsmith.showGraph';
const showAroundCommand = 'varsmith.showAround';

/** Registers all commands; the caller disposes of them. */
export function registerCommands(
  server: Server,
  log: LogOutputChannel,
  graph: GraphTab,
): readonly Disposable[] {
  return [
    commands.registerCommand(checkWorkspaceCommand, () => checkWorkspace(server)),
    commands.registerCommand(restartServerCommand, () => restartServer(server)),
    commands.registerCommand(showLogCommand, () => log.show()),
    // The same commands under names that suit the menu of a generator.
    ...[showGraphCommand, showAroundCommand].map(id =>
      commands.registerCommand(id, (from?: FleetNode | GeneratorRef) =>
        graph.show(from?.kind === 'generator' ? { root: from.root, generator: from.generator.name } : null),
      ),
    ),
    commands.registerCommand(openCommand, (where: Where | null) => openWhere(where)),
    // Used in the graph's menu, which passes the generator under the mouse.
    commands.registerCommand(openGeneratorCommand, ({ root, generator }: GeneratorRef) =>
      openGenerator(server, { root, generator: generator.name }),
    ),
  ];
}

async function checkWorkspace(server: Server): Promise<void> {
  const result = await window.withProgress(
    { location: ProgressLocation.Window, title: l10n.t('Varsmith: checking the workspace') },
    () => server.request<CheckWorkspaceResult>(checkWorkspaceRequest),
  );
  // Not awaited: the command has done its work, and the message may stay open for long.
  void showSummary(result);
}

async function showSummary(result: CheckWorkspaceResult): Promise<void> {
  const buttons = hasFindings(result) ? [l10n.t('Show Problems')] : [];
  const answer = await window.showInformationMessage(summarize(result), ...buttons);
  // The view's own focus command: `workbench.actions.view.problems` would close the view if it has the focus.
  if (answer !== undefined) await commands.executeCommand('workbench.panel.markers.view.focus');
}

async function restartServer(server: Server): Promise<void> {
  const isRunning = await window.withProgress(
    { location: ProgressLocation.Notification, title: l10n.t('Varsmith: restarting the language server') },
    () => server.restart(),
  );
  if (isRunning) void window.showInformationMessage(l10n.t('The language server was restarted.'));
}
