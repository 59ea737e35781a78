/**
 * The life of the language server as the extension sees it: start, restart, stop, and what to tell the person when
 * that fails. It knows neither the protocol nor what is analysed.
 */
import { type LogOutputChannel, l10n, window } from 'vscode';
import { messageOf } from '../message-of.ts';
import type { ServerStatus } from '../protocol/status.ts';
import type { Connect, Connection } from './language-client.ts';

export interface Server {
  /** Returns at once; failure is reported to the person, not to the caller. */
  startInBackground(): void;
  /** Ends the running server, if any, and starts a new one. False when that failed; the person has been told. */
  restart(): Promise<boolean>;
  /** Ends the server process and any start under way. Never rejects. */
  stop(): Promise<void>;
  /** Publishes the findings again after another part of the editor has removed them. */
  showFindings(): void;
  /** Sends a request of ours once the server runs. Rejects when it cannot start or answers with an error. */
  request<Result>(method: string, params?: object): Promise<Result>;
}

/**
 * @param connect loads what starts the server, and starts it
 * @param showStatus told of every change, by the server's own notification or from here
 * @param onChange told when the server has looked at something new
 */
export function createServer(
  connect: Connect,
  log: LogOutputChannel,
  showStatus: (status: ServerStatus) => void,
  onChange: () => void,
): Server {
  let connection: Connection | undefined;
  // Starts and stops run one after another: the client library refuses to stop a server that is still starting.
  let queue: Promise<void> = Promise.resolve();
  let stopped = false;

  function inOrder<Result>(step: () => Promise<Result>): Promise<Result> {
    const result = queue.then(step);
    // The caller handles a failure; the queue only needs to go on.
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
      // The process is gone already, or did not end in time and was killed: nothing is left to close.
      log.warn(`Closing the language server: ${messageOf(error)}`);
    }
  }

  function reportFailure(error: unknown): void {
    const message = messageOf(error);
    log.error(`The language server did not start: ${message}`);
    showStatus({ state: 'failed', message: l10n.t('not running'), detail: message });
    // Not awaited: a message stays open until the person answers it.
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
    request: async <Result>(method: string, params?: object) => {
      await queue;
      if (connection === undefined) throw new Error(l10n.t('The language server is not running.'));
      return connection.request<Result>(method, params);
    },
  };
}

function ignore(): void {}
