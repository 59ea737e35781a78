/**
 * The life cycle of the language server as the extension sees it: start, restart, stop, and reporting failures. Knows
 * neither the protocol nor the analysis.
 */
import { type CancellationToken, type LogOutputChannel, l10n, window } from 'vscode';
import { messageOf } from '../message-of.ts';
import type { ServerStatus } from '../protocol/status.ts';
import type { Connect, Connection } from './language-client.ts';

export interface Server {
  /** Starts the server and returns at once. Failures are reported to the person, not to the caller. */
  startInBackground(): void;
  /**
   * Ends the running server, if any, and starts a new one. Returns false if that failed; the person has been
   * informed.
   */
  restart(): Promise<boolean>;
  /** Ends the server process, even if it is still starting. Never rejects. */
  stop(): Promise<void>;
  /** Publishes the findings again after another part of the editor has removed them. */
  showFindings(): void;
  /** Sends one of Varsmith's own requests once the server runs. Rejects if it cannot start or answers with an error. */
  request<Result>(method: string, params?: object, token?: CancellationToken): Promise<Result>;
}

/**
 * Creates a server that is not started yet.
 * @param connect loads the code that starts the server, and starts it
 * @param showStatus called with every change of status, from the server or from here
 * @param onChange called when the server has new results
 */
export function createServer(
  connect: Connect,
  log: LogOutputChannel,
  showStatus: (status: ServerStatus) => void,
  onChange: () => void,
): Server {
  let connection: Connection | undefined;
  // Starts and stops run in sequence, as the client library cannot stop a server that is still starting.
  let queue: Promise<void> = Promise.resolve();
  let stopped = false;

  function inOrder<Result>(step: () => Promise<Result>): Promise<Result> {
    const result = queue.then(step);
    // The caller handles a failure; the queue only has to continue.
    queue = result.then(ignore, ignore);
    return result;
  }

  async function open(): Promise<Connection> {
    showStatus({ state: 'starting', message: l10n.t('starting') });
    // Evaluating the client library blocks the extension host for tens of milliseconds. A macrotask, not a promise:
    // VS Code continues after activation in a microtask, and promises here would run before it.
    await new Promise<void>(resolve => setTimeout(resolve));
    return connect(log, showStatus, onChange);
  }

  async function start(): Promise<boolean> {
    if (stopped) return false;
    try {
      connection = await open();
      return true;
    } catch (error) {
      reportFailure(error);
      return false;
    }
  }

  async function close(): Promise<void> {
    const closing = connection;
    connection = undefined;
    try {
      await closing?.close();
    } catch (error) {
      // The process has already ended, or was killed after the timeout; there is nothing left to close.
      log.warn(`Closing the language server: ${messageOf(error)}`);
    }
  }

  function reportFailure(error: unknown): void {
    const message = messageOf(error);
    log.error(`The language server did not start: ${message}`);
    showStatus({ state: 'failed', message: l10n.t('not running'), detail: message });
    // Not awaited, as the message stays open until the person answers.
    void window
      .showErrorMessage(l10n.t("Varsmith's language server did not start: {0}", message), l10n.t('Show Log'))
      .then(answer => answer && log.show());
  }

  return {
    startInBackground: () => void inOrder(start),
    restart: () =>
      inOrder(async () => {
        await close();
        return start();
      }),
    stop: () => {
      stopped = true;
      return inOrder(close);
    },
    showFindings: () => connection?.showFindings(),
    request: async <Result>(method: string, params?: object, token?: CancellationToken) => {
      await queue;
      if (connection === undefined) throw new Error(l10n.t('The language server is not running.'));
      return connection.request<Result>(method, params, token);
    },
  };
}

function ignore(): void {}
