/** How diagnostics reach the client: pushed as soon as they are known, here, or pulled by it (`pull.ts`). */
import type { Connection } from 'vscode-languageserver';
import type { Documents } from './documents.ts';
import { tell } from './guard.ts';
import type { Reports } from './reports.ts';
import { uriOfPath } from './to-protocol.ts';

export interface Delivery {
  /**
   * @param changed absolute paths of files whose diagnostics are others now
   * @param edited absolute paths of open documents with a new version; they go first, changed or not
   */
  deliver(changed: readonly string[], edited: ReadonlySet<string>): void;
}

/** Sends diagnostics as soon as they are known; a document's come with its version. */
export function createPush(connection: Connection, documents: Documents, reports: Reports): Delivery {
  const send = (absolute: string) => {
    const document = documents.of(absolute);
    const report = reports.of(absolute);
    const uri = document?.uri ?? report?.uri ?? uriOfPath(absolute);
    const diagnostics = [...(report?.items ?? [])];
    tell(() =>
      connection.sendDiagnostics({ uri, diagnostics, ...(document ? { version: document.version } : {}) }),
    );
  };
  return {
    deliver(changed, edited) {
      for (const absolute of edited) if (documents.of(absolute)) send(absolute);
      for (const absolute of changed) if (!edited.has(absolute)) send(absolute);
    },
  };
}
