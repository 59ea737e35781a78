/**
 * Asks clients to request lenses, hints, tokens and our own views again, which they otherwise only do after an edit
 * of the document. Sends a single message per burst of changes.
 */
import { CodeLensRefreshRequest, type Connection } from 'vscode-languageserver';
import type { Client } from './client.ts';
import { sendQuietly } from './guard.ts';
import { CHANGED } from './messages.ts';

/** Milliseconds without an analysis before clients are notified, so that findings go first. */
const CALM = 300;

/** Returns a function to call after each analysis. */
export function createRefresher(connection: Connection, client: Client): () => void {
  const { refreshesLenses, refreshesHints, refreshesTokens, supportsAdditions } = client;
  if (!refreshesLenses && !refreshesHints && !refreshesTokens && !supportsAdditions) return () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const refresh = () => {
    if (supportsAdditions) sendQuietly(() => connection.sendNotification(CHANGED));
    if (refreshesLenses) sendQuietly(() => connection.sendRequest(CodeLensRefreshRequest.type));
    if (refreshesHints) sendQuietly(() => connection.languages.inlayHint.refresh());
    if (refreshesTokens) sendQuietly(async () => connection.languages.semanticTokens.refresh());
  };
  return () => {
    clearTimeout(timer);
    // A server that should end does not wait for the timer.
    timer = setTimeout(refresh, CALM);
    // In browsers a timer is a number, and keeps nothing running.
    if (typeof timer === 'object') timer.unref();
  };
}
