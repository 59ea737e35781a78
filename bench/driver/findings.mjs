/** Waiting for the diagnostics that belong to an edit. */
import { performance } from 'node:perf_hooks';

/** The server gave up on a pull because the text moved on; it is to be asked again. */
const SERVER_CANCELLED = -32802;

/**
 * Follows the diagnostics of one server.
 *
 * @param {boolean} pull ask for diagnostics instead of waiting for them
 */
export function followFindings(server, options, pull) {
  /** What each document was last seen to have, so that a change can be told from a repetition. */
  const seen = new Map();
  const idOf = diagnostics => JSON.stringify(diagnostics.map(d => [d.code ?? null, d.message]).sort());
  const same = (a, b) => a === b || decodeURIComponent(a) === decodeURIComponent(b);
  const fresh = (uri, diagnostics) => idOf(diagnostics) !== (seen.get(uri) ?? '[]');

  function found(uri, diagnostics, milliseconds) {
    seen.set(uri, idOf(diagnostics));
    return { milliseconds, count: diagnostics.length };
  }

  async function pulled(document, send, changed) {
    const sent = send();
    for (;;) {
      const items = await request(document.uri);
      const milliseconds = performance.now() - sent;
      if (items !== null && (!changed || fresh(document.uri, items))) {
        return found(document.uri, items, milliseconds);
      }
      if (milliseconds > options.timeout) throw new Error(`nothing new in ${options.timeout} ms`);
    }
  }

  async function request(uri) {
    try {
      const { result } = await server.request('textDocument/diagnostic', { textDocument: { uri } });
      return result.items ?? [];
    } catch (error) {
      if (error.code === SERVER_CANCELLED) return null;
      throw error;
    }
  }

  async function pushed(document, send, changed) {
    const stops = [];
    let timer;
    const answer = new Promise((resolve, reject) => {
      let sent = Number.POSITIVE_INFINITY;
      const stop = server.on('textDocument/publishDiagnostics', ({ uri, version, diagnostics }, at) => {
        if (!same(uri, document.uri) || (version != null && version < document.version) || at < sent) return;
        if (changed && !fresh(document.uri, diagnostics)) return;
        resolve(found(document.uri, diagnostics, at - sent));
      });
      stops.push(stop, server.onEnd(reject));
      const late = () => reject(new Error(`no diagnostics of version ${document.version} in time`));
      timer = setTimeout(late, options.timeout);
      sent = send();
    });
    try {
      return await answer;
    } finally {
      for (const stop of stops) stop();
      clearTimeout(timer);
    }
  }

  /**
   * Calls `send`, which puts something on the wire and returns when, and resolves with the milliseconds until the
   * diagnostics of `document` that follow from it, and their number. With `changed`, a repetition of what the
   * document had before does not count. Rejects after `options.timeout`.
   */
  return (document, send, changed = options.untilChanged) =>
    pull ? pulled(document, send, changed) : pushed(document, send, changed);
}
