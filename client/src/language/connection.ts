/**
 * Connects to a server process. Only this file and `language-client.ts` import the language client library, so that
 * the rest of the extension loads without it.
 */
import { dirname } from 'node:path';
import type { LogOutputChannel } from 'vscode';
import { LanguageClient, type NodeModule, TransportKind } from 'vscode-languageclient/node';
import { makeKeyCommand } from '../generate/offer-help.ts';
import { trackFilesCommand } from '../generate/track-files.ts';
import { showRuleCommand } from '../protocol/documentation.ts';
import type { ServerStatus, StartOptions } from '../protocol/status.ts';
import { previewCommand } from '../views/environment-preview.ts';
import { fixAccessCommand, tryCommand } from '../views/report.ts';
import { type Connection, talk } from './language-client.ts';
import { memoryArguments } from './server-memory.ts';

/** Starts the server over IPC. */
export function connect(
  modulePath: string,
  log: LogOutputChannel,
  showStatus: (status: ServerStatus) => void,
  onChange: () => void,
): Promise<Connection> {
  const talkOptions = { log, showStatus, onChange, startOptions, schemes: ['file'] };
  // The library also reads the setting `varsmith.trace.server` by the id "varsmith".
  return talk(
    options => new LanguageClient('varsmith', 'Varsmith', serverModule(modulePath), options),
    talkOptions,
  );
}

function serverModule(modulePath: string): { run: NodeModule; debug: NodeModule } {
  // In our own folder, so that the server's Node picks up nothing from an untrusted workspace.
  const options = { cwd: dirname(modulePath), execArgv: memoryArguments() };
  const run = { module: modulePath, transport: TransportKind.ipc, options };
  return {
    run,
    debug: { ...run, options: { ...options, execArgv: [...options.execArgv, '--nolazy', '--inspect=6010'] } },
  };
}

/** Commands that lenses, findings and hovers may run. */
const startOptions: StartOptions = {
  clientCommands: [
    tryCommand,
    'varsmith.generate',
    fixAccessCommand,
    trackFilesCommand,
    makeKeyCommand,
    'varsmith.showGraph',
    previewCommand,
    showRuleCommand,
  ],
  mendsMoves: true,
};
