/**
 * Rejects messages that violate the protocol before any handler sees them: requests outside a session (before
 * `initialize`, after `shutdown`) and invalid parameters. Such notifications, which have no answer, are dropped.
 */
import {
  type Connection,
  type ConnectionOptions,
  ErrorCodes,
  Message,
  type RequestMessage,
  ResponseError,
} from 'vscode-languageserver';
import { parameterProblem } from './params.ts';

/** Replaces the method of a rejected request; no client can send it. */
const REFUSED = 'varsmith/refused';

interface Refusal {
  readonly code: number;
  readonly message: string;
}

/** Returns the options that check the messages of a single connection, to be passed when it is created. */
export function inOrder(): ConnectionOptions {
  let session: 'none' | 'open' | 'over' = 'none';

  function refusalOf({ method, params }: RequestMessage): Refusal | null {
    if (session === 'over')
      return { code: ErrorCodes.InvalidRequest, message: 'The server has been shut down.' };
    if (session === 'none' && method !== 'initialize')
      return { code: ErrorCodes.ServerNotInitialized, message: 'The first request must be "initialize".' };
    if (session === 'open' && method === 'initialize')
      return { code: ErrorCodes.InvalidRequest, message: 'The server is already initialized.' };
    if (method === REFUSED)
      return { code: ErrorCodes.MethodNotFound, message: `There is no method "${REFUSED}".` };
    const problem = parameterProblem(method, params);
    return problem === null ? null : { code: ErrorCodes.InvalidParams, message: `${method}: ${problem}` };
  }

  return {
    messageStrategy: {
      handleMessage(message, next) {
        if (Message.isNotification(message)) {
          const isWanted = session === 'open' && parameterProblem(message.method, message.params) === null;
          return isWanted || message.method === 'exit' ? next(message) : undefined;
        }
        if (!Message.isRequest(message)) return next(message);
        const refusal = refusalOf(message);
        if (refusal !== null) return next({ ...message, method: REFUSED, params: refusal } as RequestMessage);
        if (message.method === 'initialize') session = 'open';
        if (message.method === 'shutdown') session = 'over';
        return next(message);
      },
    },
  };
}

/** Answers the rejected requests. */
export function answerRefused(connection: Connection): void {
  connection.onRequest(REFUSED, ({ code, message }: Refusal) => new ResponseError(code, message));
}
