/**
 * The entry point for VS Code in a browser: the same views and commands with the same analysis in a web worker.
 * Commands that start programs are hidden, and show an explanation if they are run by a key or a link.
 */
import { commands, type Disposable, type ExtensionContext, l10n, Uri, window } from 'vscode';
import { registerCommands } from '../commands/commands.ts';
import { registerScaffoldCommands } from '../commands/scaffold-commands.ts';
import { createGraphTab } from '../graph/graph-panel.ts';
import { registerDocumentation } from '../language/documentation.ts';
import { createServer, type Server } from '../language/server.ts';
import { createEnvironmentPreview } from '../views/environment-preview.ts';
import { createFleetViews } from '../views/fleet-view.ts';
import { createStatus } from '../views/status.ts';

/** Servers that `deactivate` stops: VS Code calls it without the context. */
const running = new Set<Server>();

export async function activate(context: ExtensionContext): Promise<void> {
  await commands.executeCommand('setContext', 'varsmith.inBrowser', true);
  const log = window.createOutputChannel('Varsmith', { log: true });
  const status = createStatus();
  const connect = async (...hooks: Parameters<Awaited<ReturnType<typeof worker>>>) =>
    (await worker())(...hooks);
  const worker = async () =>
    (await import('./connection.ts')).connectWorker(Uri.joinPath(context.extensionUri, 'dist'));
  const server = createServer(connect, log, status.show, refresh);
  running.add(server);
  const fleet = createFleetViews(server);
  const graph = createGraphTab(server, context.extensionUri);
  const preview = createEnvironmentPreview(server);
  function refresh(): void {
    fleet.refresh();
    graph.refresh();
    preview.refresh();
  }
  context.subscriptions.push(
    ...[log, status, fleet, graph, preview],
    ...registerCommands(server, log, graph),
    ...registerScaffoldCommands(server),
    ...registerDocumentation(server),
  );
  context.subscriptions.push(...(await refuseOthers(context)));
  server.startInBackground();
}

export async function deactivate(): Promise<void> {
  await Promise.all([...running].map(server => server.stop()));
  running.clear();
}

/**
 * Registers an explanation for each command of the manifest that is unavailable, because it starts a program or opens
 * a folder on disk.
 */
async function refuseOthers({ extension }: ExtensionContext): Promise<Disposable[]> {
  const { contributes } = extension.packageJSON as {
    readonly contributes: {
      readonly commands: readonly { readonly command: string; readonly title: string }[];
    };
  };
  const registered = new Set(await commands.getCommands(true));
  return contributes.commands
    .filter(({ command }) => !registered.has(command))
    .map(({ command, title }) =>
      commands.registerCommand(command, () => {
        const name = title.replace(/…$/, '');
        void window.showInformationMessage(
          l10n.t(
            '“{0}” starts programs, which is not possible in a browser. Open this folder in the desktop version of VS Code.',
            name,
          ),
        );
      }),
    );
}
