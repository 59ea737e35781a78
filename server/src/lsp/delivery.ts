/** Delivers diagnostics to the client: pushes them here, or lets the client pull them (`pull.ts`). */
import type { Connection } from 'vscode-languageserver';
import type { Documents } from './documents.ts';
import { sendQuietly } from './guard.ts';
import type { Reports } from './reports.ts';
import { uriOfPath } from './to-protocol.ts';

export interface Delivery {
  /** True if diagnostics are sent as soon as they are known, false if the client asks for them. */
  readonly isPushed: boolean;
  /** True if the client learns of diagnostics that come after the first ones of a text. */
  readonly takesMore: boolean;
  /**
   * Delivers changed diagnostics.
   * @param changed absolute paths of files whose diagnostics have changed
   * @param edited absolute paths of open documents with a new version, which go first, changed or not
   */
  deliver(changed: readonly string[], edited: ReadonlySet<string>): void;
}

/** Sends diagnostics as soon as they are known, with the document's version. */
export function createPush(connection: Connection, documents: Documents, reports: Reports): Delivery {
  const send = (absolute: string) => {
    const document = documents.of(absolute);
    const report = reports.of(absolute);
    const uri = document?.uri ?? report?.uri ?? uriOfPath(absolute);
    const diagnostics = [...(report?.items ?? [])];
    sendQuietly(() =>
      connection.sendDiagnostics({ uri, diagnostics, ...(document ? { version: document.version } : {}) }),
    );
  };
  return {
    isPushed: true,
    takesMore: true,
    deliver(changed, edited) {
      for (const absolute of edited) if (documents.of(absolute)) send(absolute);
      for (const absolute of changed) if (!edited.has(absolute)) send(absolute);
    },
  };
}
