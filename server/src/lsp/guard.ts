/**
 * Keeps failures inside: a handler that throws answers null and leaves one line in the log; the editor shows no
 * error and the server goes on. Knows nothing of what handlers do.
 */
import { type CancellationToken, LSPErrorCodes, ResponseError } from 'vscode-languageserver';

export type Log = (line: string) => void;

/** The message of anything that was thrown, on one line and without its stack. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s*[\r\n]+\s*/g, ' ');
}

/** Wraps a request handler. What it throws is logged and answered with null; a cancellation is passed on. */
export function guardRequest<Params, Result>(
  log: Log,
  name: string,
  handle: (params: Params, token: CancellationToken) => Promise<Result>,
): (params: Params, token: CancellationToken) => Promise<Result | null> {
  return async (params, token) => {
    try {
      return await handle(params, token);
    } catch (error) {
      // Not a failure: the protocol's own answer to somebody who does not want one any more.
      if (error instanceof ResponseError) throw error;
      log(`${name}: ${messageOf(error)}`);
      return null;
    }
  };
}

/** Wraps anything that has no answer. */
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

/** @throws the protocol's answer to a request that has been cancelled */
export function throwIfCancelled(token: CancellationToken): void {
  if (token.isCancellationRequested) {
    throw new ResponseError(LSPErrorCodes.RequestCancelled, 'The request was cancelled.');
  }
}

/**
 * Sends a message whose answer is not needed. It fails only when the client is gone, and then there is no one to
 * report to.
 */
export function tell(send: () => Promise<unknown>): void {
  try {
    send().catch(() => undefined);
  } catch {
    // The same failure, found before sending.
  }
}
