/**
 * One connection to one server process: the only file that imports the language client library, so that the rest of
 * the extension loads without it. It decides nothing about when to start or what to show.
 */
import { dirname } from 'node:path';
import { type DiagnosticCollection, type LogOutputChannel, languages, Uri } from 'vscode';
import {
  CloseAction,
  ErrorCodes,
  type ErrorHandler,
  LanguageClient,
  type LanguageClientOptions,
  type NodeModule,
  ResponseError,
  RevealOutputChannelOn,
  type ServerOptions,
  State,
  TransportKind,
} from 'vscode-languageclient/node';
import { showRuleCommand } from './documentation.ts';
import {
  additionsCapability,
  changedNotification,
  type ServerStatus,
  type StartOptions,
  statusNotification,
} from './protocol.ts';
import { explicitSettings } from './settings.ts';

export interface Connection {
  request<Result>(method: string, params?: object): Promise<Result>;
  /** Shows what was found once more, where somebody else has taken it away. */
  showFindings(): void;
  /** Ends the server process. Rejects if it does not end in two seconds; it is then killed by the library. */
  close(): Promise<void>;
}

/**
 * Starts the server over IPC and resolves once it is initialized; rejects with the server's own message otherwise.
 * A server that dies later is started again by the library, at most four times in three minutes.
 */
export async function connect(
  modulePath: string,
  log: LogOutputChannel,
  showStatus: (status: ServerStatus) => void,
  onChange: () => void,
): Promise<Connection> {
  let initialized = false;
  let closing = false;
  const errorHandler: ErrorHandler = {
    error: (error, message, count) => persistent.error(error, message, count),
    // A server that dies before it answered would die again.
    closed: () => (initialized ? persistent.closed() : { action: CloseAction.DoNotRestart, handled: true }),
  };
  let findings: DiagnosticCollection | undefined;
  const diagnosticCollectionProvider = {
    // The problem matcher of package.json has the same name: what a task finds takes the place of this.
    create: () => {
      findings = languages.createDiagnosticCollection('varsmith');
      return findings;
    },
    dispose: (collection: DiagnosticCollection) => collection.dispose(),
  };
  const options = { ...clientOptions(log), errorHandler, diagnosticCollectionProvider };
  const client = new Client(serverModule(modulePath), options);
  const persistent = client.createDefaultErrorHandler();
  let spoken = false;
  client.onNotification(statusNotification, (status: ServerStatus) => {
    spoken = true;
    showStatus(status);
  });
  client.onNotification(changedNotification, onChange);
  client.onDidChangeState(({ newState }) => {
    if (newState === State.Starting) {
      spoken = false;
      showStatus({ state: 'starting', message: 'starting' });
    } else if (newState === State.Running) {
      // What the server itself says is better, and may have come first.
      if (!spoken) showStatus({ state: 'ready', message: 'ready' });
    } else if (initialized && !closing) {
      showStatus({ state: 'failed', message: 'not running', detail: 'The language server has ended.' });
    }
  });
  await client.startQuietly();
  initialized = true;
  return {
    // A parameter that is undefined would be sent as null, which is one too many for a request without any.
    request: (method, params) =>
      params === undefined ? client.sendRequest(method) : client.sendRequest(method, params),
    showFindings: () => findings?.set([...findings]),
    close: () => {
      closing = true;
      return client.dispose();
    },
  };
}

/** The library's client, except that a failed start is left to the caller to report: once, and in other words. */
class Client extends LanguageClient {
  private quiet = false;

  constructor(server: ServerOptions, options: LanguageClientOptions) {
    // The id "varsmith" is also where the library looks for the setting `varsmith.trace.server`.
    super('varsmith', 'Varsmith', server, options);
    this.registerFeature({
      fillClientCapabilities: capabilities => {
        capabilities.experimental = { ...capabilities.experimental, [additionsCapability]: true };
      },
      initialize: () => undefined,
      getState: () => ({ kind: 'static' }),
      clear: () => undefined,
    });
  }

  override error(message: string, data?: unknown, showNotification?: boolean | 'force'): void {
    super.error(message, data, this.quiet ? false : showNotification);
  }

  /** Rejects with what went wrong, in words for people. */
  async startQuietly(): Promise<void> {
    this.quiet = true;
    try {
      await this.start();
    } catch (error) {
      // The library only knows that an answer did not come; the exit code is in the log, right above.
      const disposed = error instanceof ResponseError && error.code === ErrorCodes.PendingResponseRejected;
      throw disposed ? new Error('it ended before it answered') : error;
    } finally {
      this.quiet = false;
    }
  }
}

function serverModule(modulePath: string): { run: NodeModule; debug: NodeModule } {
  // In our own folder, so that nothing in an untrusted workspace is picked up by the server's Node.
  const options = { cwd: dirname(modulePath) };
  const run = { module: modulePath, transport: TransportKind.ipc, options };
  return { run, debug: { ...run, options: { ...options, execArgv: ['--nolazy', '--inspect=6010'] } } };
}

/** What lenses, findings and hovers may run. */
const startOptions: StartOptions = {
  clientCommands: ['varsmith.tryGenerator', 'varsmith.generate', 'varsmith.showGraph', showRuleCommand],
  mendsMoves: true,
};

function clientOptions(outputChannel: LogOutputChannel): LanguageClientOptions {
  return {
    documentSelector: [
      { language: 'nix', scheme: 'file' },
      { scheme: 'file', pattern: '**/varsmith.json' },
      // Encrypted files: a key in one leads to what takes it.
      { scheme: 'file', pattern: '**/{secrets,sops}/**/*.{yaml,yml,json}' },
      { scheme: 'file', pattern: '**/*secret*.{yaml,yml,json}' },
    ],
    middleware: {
      workspace: {
        configuration: ({ items }) =>
          items.map(({ scopeUri }) =>
            explicitSettings(scopeUri === undefined ? undefined : Uri.parse(scopeUri)),
          ),
      },
    },
    // Links to the documentation of rules open it in the editor.
    markdown: { isTrusted: { enabledCommands: [showRuleCommand] } },
    initializationOptions: startOptions,
    synchronize: { configurationSection: 'varsmith' },
    outputChannel,
    // Failures are shown by the status and by one message with a button; the log does not open by itself.
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationFailedHandler: () => false,
  };
}
