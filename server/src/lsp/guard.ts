/**
 * Contains failures: a handler that throws answers `null` and logs a line; the editor shows no error and the server
 * continues. Does not know what handlers do.
 */
import { type CancellationToken, LSPErrorCodes, ResponseError } from 'vscode-languageserver';

export type Log = (line: string) => void;

/** Returns the message of any thrown value, on a single line and without its stack. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s*[\r\n]+\s*/g, ' ');
}

/** Wraps a request handler. Errors are logged and answered with `null`; a cancellation is passed on. */
export function guardRequest<Params, Result>(
  log: Log,
  name: string,
  handle: (params: Params, token: CancellationToken) => Promise<Result>,
): (params: Params, token: CancellationToken) => Promise<Result | null> {
  return async (params, token) => {
    try {
      return await handle(params, token);
    } catch (error) {
      // This is the protocol's own answer to a cancelled request, not a failure.
      if (error instanceof ResponseError) throw error;
      log(`${name}: ${messageOf(error)}`);
      return null;
    }
  };
}

/** Wraps a handler without an answer. */
export function guard<Args extends readonly unknown[]>(
  log: Log,
  name: string,
  handle: (...args: Args) => void | Promise<void>,
): (...args: Args) => void {
  const failed = (error: unknown) => log(`${name}: ${messageOf(error)}`);
  return (...args) => {
    try {
      handle(...args)?.catch(failed);
    } catch (error) {
      failed(error);
    }
  };
}

/**
 * Ends a request that has been cancelled.
 * @throws the protocol's answer to a cancelled request
 */
export function throwIfCancelled(token: CancellationToken): void {
  if (token.isCancellationRequested) {
    throw new ResponseError(LSPErrorCodes.RequestCancelled, 'The request was cancelled.');
  }
}

/** Sends a message whose answer is not needed. It only fails when the client is gone, when nobody could be informed. */
export function sendQuietly(send: () => Promise<unknown>): void {
  try {
    send().catch(() => undefined);
  } catch {
    // The same failure, detected before sending.
  }
}
