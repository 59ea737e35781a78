/**
 * A conversation with a language server, wherever that runs: what the library's client is told, what is made of what the
 * server says, and its end. It decides nothing about when to start or what to show.
 */
import { type DiagnosticCollection, type LogOutputChannel, l10n, languages, Uri } from 'vscode';
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
import { explicitSettings } from './settings.ts';

export interface Connection {
  request<Result>(method: string, params?: object): Promise<Result>;
  /** Publishes the findings again after another part of the editor has removed them. */
  showFindings(): void;
  /** Ends the server. Rejects if it does not end in two seconds; it is then killed by the library. */
  close(): Promise<void>;
}

/** Starts a server and resolves once it is initialized; rejects with the server's own message otherwise. */
export type Connect = (
  log: LogOutputChannel,
  showStatus: (status: ServerStatus) => void,
  onChange: () => void,
) => Promise<Connection>;

export interface Talk {
  readonly log: LogOutputChannel;
  readonly showStatus: (status: ServerStatus) => void;
  readonly onChange: () => void;
  readonly startOptions: StartOptions;
  /** Schemes of the files that are synchronised with the server. */
  readonly schemes: readonly string[];
  readonly middleware?: Middleware['workspace'];
}

/**
 * A server that dies later is started again by the library, at most four times in three minutes.
 * @param make the library's client, not started yet
 */
export async function talk(
  make: (options: LanguageClientOptions) => BaseLanguageClient,
  { log, showStatus, onChange, ...told }: Talk,
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
  const client = make({ ...clientOptions(log, told), errorHandler, diagnosticCollectionProvider });
  hearAdditions(client);
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
      // What the server itself says is better, and may have come first.
      if (!spoken) showStatus({ state: 'ready', message: l10n.t('ready') });
    } else if (initialized && !closing) {
      showStatus({
        state: 'failed',
        message: l10n.t('not running'),
        detail: l10n.t('The language server has ended.'),
      });
    }
  });
  await startQuietly(client);
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

function hearAdditions(client: BaseLanguageClient): void {
  client.registerFeature({
    fillClientCapabilities: capabilities => {
      capabilities.experimental = { ...capabilities.experimental, [additionsCapability]: true };
    },
    initialize: () => undefined,
    getState: () => ({ kind: 'static' }),
    clear: () => undefined,
  });
}

/** A failed start is left to the caller to report: once, and in other words. Rejects with what went wrong. */
async function startQuietly(client: BaseLanguageClient): Promise<void> {
  const say = client.error.bind(client);
  client.error = (message, data) => say(message, data, false);
  try {
    await client.start();
  } catch (error) {
    // The library only knows that an answer did not come; the exit code is in the log, right above.
    const disposed = error instanceof ResponseError && error.code === ErrorCodes.PendingResponseRejected;
    throw disposed ? new Error(l10n.t('it ended before it answered')) : error;
  } finally {
    client.error = say;
  }
}

function clientOptions(
  outputChannel: LogOutputChannel,
  { startOptions, schemes, middleware }: Pick<Talk, 'startOptions' | 'schemes' | 'middleware'>,
): LanguageClientOptions {
  return {
    documentSelector: schemes.flatMap(scheme => [
      { language: 'nix', scheme },
      { scheme, pattern: '**/varsmith.json' },
      // Encrypted files: a key in one leads to what takes it.
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
