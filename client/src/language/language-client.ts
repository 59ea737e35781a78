/**
 * A session with a language server, wherever it runs: the client library's options, the handling of the server's
 * messages, and the end. Does not decide when to start or what to show.
 */
import {
  type CancellationToken,
  type DiagnosticCollection,
  type LogOutputChannel,
  l10n,
  languages,
  Uri,
} from 'vscode';
import {
  type BaseLanguageClient,
  CloseAction,
  ErrorCodes,
  type ErrorHandler,
  type LanguageClientOptions,
  type Middleware,
  ResponseError,
  RevealOutputChannelOn,
  State,
} from 'vscode-languageclient';
import { showRuleCommand } from '../protocol/documentation.ts';
import {
  additionsCapability,
  changedNotification,
  type ServerStatus,
  type StartOptions,
  statusNotification,
} from '../protocol/status.ts';
import { sendRequest } from './send-request.ts';
import { explicitSettings } from './settings.ts';

export interface Connection {
  request<Result>(method: string, params?: object, token?: CancellationToken): Promise<Result>;
  /** Publishes the findings again after another part of the editor has removed them. */
  showFindings(): void;
  /** Ends the server. Rejects if it does not end within two seconds; the library kills it then. */
  close(): Promise<void>;
}

/** Starts a server and resolves once it is initialized; rejects with the server's own message otherwise. */
export type Connect = (
  log: LogOutputChannel,
  showStatus: (status: ServerStatus) => void,
  onChange: () => void,
) => Promise<Connection>;

export interface ClientContext {
  readonly log: LogOutputChannel;
  readonly showStatus: (status: ServerStatus) => void;
  readonly onChange: () => void;
  readonly startOptions: StartOptions;
  /** Schemes of the files that are synchronised with the server. */
  readonly schemes: readonly string[];
  readonly middleware?: Middleware['workspace'];
}

/**
 * Starts a session. The library restarts a server that dies later, at most four times in three minutes.
 * @param make returns the library's client, not started yet
 */
export async function talk(
  make: (options: LanguageClientOptions) => BaseLanguageClient,
  { log, showStatus, onChange, ...talkOptions }: ClientContext,
): Promise<Connection> {
  let initialized = false;
  let closing = false;
  const errorHandler: ErrorHandler = {
    error: (error, message, count) => persistent.error(error, message, count),
    // A server that dies before its first answer would die again.
    closed: () => (initialized ? persistent.closed() : { action: CloseAction.DoNotRestart, handled: true }),
  };
  let findings: DiagnosticCollection | undefined;
  const diagnosticCollectionProvider = {
    // The problem matcher in package.json has the same name, so a task's findings replace these.
    create: () => {
      findings = languages.createDiagnosticCollection('varsmith');
      return findings;
    },
    dispose: (collection: DiagnosticCollection) => collection.dispose(),
  };
  const client = make({ ...clientOptions(log, talkOptions), errorHandler, diagnosticCollectionProvider });
  announceAdditions(client);
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
      showStatus({ state: 'starting', message: l10n.t('starting') });
    } else if (newState === State.Running) {
      // The server's own message is more precise, and may have arrived earlier.
      if (!spoken) showStatus({ state: 'ready', message: l10n.t('ready') });
    } else if (initialized && !closing) {
      showStatus({
        state: 'failed',
        message: l10n.t('not running'),
        detail: l10n.t('The language server has stopped.'),
      });
    }
  });
  await startQuietly(client);
  initialized = true;
  return {
    request: (method, params, token) => sendRequest(client, method, params, token),
    showFindings: () => findings?.set([...findings]),
    close: () => {
      closing = true;
      return client.dispose();
    },
  };
}

function announceAdditions(client: BaseLanguageClient): void {
  client.registerFeature({
    fillClientCapabilities: capabilities => {
      capabilities.experimental = { ...capabilities.experimental, [additionsCapability]: true };
    },
    initialize: () => undefined,
    getState: () => ({ kind: 'static' }),
    clear: () => undefined,
  });
}

/**
 * Starts the client without the library's own error messages, since the caller reports a failure. Rejects with the
 * error.
 */
async function startQuietly(client: BaseLanguageClient): Promise<void> {
  const say = client.error.bind(client);
  client.error = (message, data) => say(message, data, false);
  try {
    await client.start();
  } catch (error) {
    // The library only knows that there was no answer; the exit code is in the log, right above.
    const disposed = error instanceof ResponseError && error.code === ErrorCodes.PendingResponseRejected;
    throw disposed ? new Error(l10n.t('it ended before it answered')) : error;
  } finally {
    client.error = say;
  }
}

function clientOptions(
  outputChannel: LogOutputChannel,
  { startOptions, schemes, middleware }: Pick<ClientContext, 'startOptions' | 'schemes' | 'middleware'>,
): LanguageClientOptions {
  return {
    documentSelector: schemes.flatMap(scheme => [
      { language: 'nix', scheme },
      { scheme, pattern: '**/varsmith.json' },
      // Encrypted files, whose keys link to the secrets that use them.
      { scheme, pattern: '**/{secrets,sops}/**/*.{yaml,yml,json}' },
      { scheme, pattern: '**/*secret*.{yaml,yml,json}' },
    ]),
    middleware: {
      workspace: {
        ...middleware,
        configuration: ({ items }) =>
          items.map(({ scopeUri }) =>
            explicitSettings(scopeUri === undefined ? undefined : Uri.parse(scopeUri)),
          ),
      },
    },
    // Links to the documentation of rules open in the editor.
    markdown: { isTrusted: { enabledCommands: [showRuleCommand] } },
    initializationOptions: startOptions,
    synchronize: { configurationSection: 'varsmith' },
    outputChannel,
    // Failures are shown by the status and a single message with a button; the log does not open automatically.
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationFailedHandler: () => false,
  };
}
