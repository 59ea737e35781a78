/**
 * Tells clients to request lenses, hints, tokens and our own views again, which they otherwise do only after an edit
 * of the document. One message for a burst of changes.
 */
import { CodeLensRefreshRequest, type Connection } from 'vscode-languageserver';
import type { Client } from './client.ts';
import { tell } from './guard.ts';
import { CHANGED } from './messages.ts';

/** Milliseconds without a look before clients are told: findings go first. */
const CALM = 300;

/** @returns notes that there was a look */
export function createRefresher(connection: Connection, client: Client): () => void {
  const { refreshesLenses, refreshesHints, refreshesTokens, hearsAdditions } = client;
  if (!refreshesLenses && !refreshesHints && !refreshesTokens && !hearsAdditions) return () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const refresh = () => {
    if (hearsAdditions) tell(() => connection.sendNotification(CHANGED));
    if (refreshesLenses) tell(() => connection.sendRequest(CodeLensRefreshRequest.type));
    if (refreshesHints) tell(() => connection.languages.inlayHint.refresh());
    if (refreshesTokens) tell(async () => connection.languages.semanticTokens.refresh());
  };
  return () => {
    clearTimeout(timer);
    // A server that is to end does not wait for this.
    timer = setTimeout(refresh, CALM);
    // A timer of a browser is a number, and keeps nothing running.
    if (typeof timer === 'object') timer.unref();
  };
}
