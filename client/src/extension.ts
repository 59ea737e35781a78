/**
 * The entry point for VS Code. It connects the parts and returns at once: the language client library, nearly all of
 * the bundle, is evaluated after activation (see server.ts), since other extensions wait for this function.
 */
import type { ExtensionContext } from 'vscode';
import { window } from 'vscode';
import { registerCheckTasks } from './commands/check-tasks.ts';
import { registerCommands } from './commands/commands.ts';
import { registerScaffoldCommands } from './commands/scaffold-commands.ts';
import { registerSopsCommands } from './commands/sops-commands.ts';
import { registerGenerateCommands } from './generate/generate-commands.ts';
import { createGraphTab } from './graph/graph-panel.ts';
import { registerDocumentation } from './language/documentation.ts';
import type { Connect } from './language/language-client.ts';
import { followMoves } from './language/moved-files.ts';
import { createServer, type Server } from './language/server.ts';
import { registerExample } from './start/example.ts';
import { showFirstSight } from './start/first-sight.ts';
import { registerFirstSteps } from './start/first-steps.ts';
import { registerDoctor } from './views/doctor.ts';
import { createEnvironmentPreview } from './views/environment-preview.ts';
import { createFleetViews } from './views/fleet-view.ts';
import { registerNix } from './views/nix.ts';
import { createStatus } from './views/status.ts';

/** The exports of the extension: `extensions.getExtension('varsmith.varsmith').exports`. */
export interface ExtensionExports {
  /** Wall-clock time of `activate`, when the language server is still starting. */
  readonly activationMilliseconds: number;
}

/** Servers that `deactivate` stops: VS Code calls it without the context. */
const running = new Set<Server>();

/** Registers commands and status, and lets the server start in the background. */
export function activate(context: ExtensionContext): ExtensionExports {
  const begin = performance.now();
  const log = window.createOutputChannel('Varsmith', { log: true });
  const status = createStatus();
  const connect: Connect = async (...hooks) =>
    (await import('./language/connection.ts')).connect(context.asAbsolutePath('dist/server.js'), ...hooks);
  // The views show the server's answers, and the server tells them when to refresh.
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
    log,
    status,
    fleet,
    graph,
    preview,
    ...registerCommands(server, log, graph),
    ...registerScaffoldCommands(server),
    ...registerSopsCommands(server, context.asAbsolutePath('dist/cli.js')),
    ...registerDoctor(server),
    ...registerNix(server, log),
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

/** Ends the server process. VS Code waits a few seconds for it. */
export async function deactivate(): Promise<void> {
  await Promise.all([...running].map(server => server.stop()));
  running.clear();
}
