/**
 * Where VS Code enters and leaves. It puts the parts together and returns at once: the language client library, nearly
 * all of the bundle, is evaluated after activation (see server.ts), since other extensions wait for this function.
 */
import type { ExtensionContext } from 'vscode';
import { window } from 'vscode';
import { registerCheckTasks } from './check-tasks.ts';
import { registerCommands } from './commands.ts';
import { registerDoctor } from './doctor.ts';
import { registerDocumentation } from './documentation.ts';
import { createEnvironmentPreview } from './environment-preview.ts';
import { registerExample } from './example.ts';
import { showFirstSight } from './first-sight.ts';
import { registerFirstSteps } from './first-steps.ts';
import { createFleetViews } from './fleet-view.ts';
import { registerGenerateCommands } from './generate-commands.ts';
import { createGraphTab } from './graph-panel.ts';
import type { Connect } from './language-client.ts';
import { followMoves } from './moved-files.ts';
import { registerScaffoldCommands } from './scaffold-commands.ts';
import { createServer, type Server } from './server.ts';
import { registerSopsCommands } from './sops-commands.ts';
import { createStatus } from './status.ts';

/** What `extensions.getExtension('varsmith.varsmith').exports` gives. */
export interface ExtensionExports {
  /** Wall-clock time `activate` took; the language server is still starting then. */
  readonly activationMilliseconds: number;
}

let server: Server | undefined;

/** Registers commands and status, and lets the server start in the background. */
export function activate(context: ExtensionContext): ExtensionExports {
  const begin = performance.now();
  const log = window.createOutputChannel('Varsmith', { log: true });
  const status = createStatus();
  const connect: Connect = async (...told) =>
    (await import('./connection.ts')).connect(context.asAbsolutePath('dist/server.js'), ...told);
  // The views are made of what the server says, and the server tells them when to ask again.
  server = createServer(connect, log, status.show, refresh);
  const fleet = createFleetViews(server);
  const graph = createGraphTab(server, context.extensionUri);
  const preview = createEnvironmentPreview(server);
  function refresh(): void {
    fleet.refresh();
    graph.refresh();
    preview.refresh();
  }
  context.subscriptions.push(
    log,
    status,
    fleet,
    graph,
    preview,
    ...registerCommands(server, log, graph),
    ...registerScaffoldCommands(server),
    ...registerSopsCommands(server, context.asAbsolutePath('dist/cli.js')),
    ...registerDoctor(server),
    followMoves(context.asAbsolutePath('dist/cli.js')),
    ...registerDocumentation(server),
    registerExample(context.extensionUri),
    registerFirstSteps(),
    ...registerCheckTasks(context.asAbsolutePath('dist/cli.js'), server.showFindings),
    ...registerGenerateCommands(server, context.asAbsolutePath('dist/cli.js')),
  );
  server.startInBackground();
  void showFirstSight(context, log);
  return { activationMilliseconds: performance.now() - begin };
}

/** Ends the server process; VS Code waits a few seconds for it. */
export async function deactivate(): Promise<void> {
  await server?.stop();
  server = undefined;
}
