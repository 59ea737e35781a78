/** The client's open documents by absolute path. Only documents in the file system are included. */
import { type Connection, type Disposable, TextDocuments } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { pathOfUri } from './to-protocol.ts';

interface OpenDocument {
  readonly uri: string;
  readonly version: number;
  readonly text: string;
}

export interface Documents {
  /** Returns an open document, or `null` if it is not open. */
  of(absolute: string): OpenDocument | null;
  /** Absolute paths. */
  paths(): Iterable<string>;
}

export interface DocumentListener {
  changed(absolute: string, document: OpenDocument): void;
  closed(absolute: string, uri: string): void;
  saved(): void;
}

/** Keeps documents in sync with the client's edits and notifies the listener. */
export function listenToDocuments(
  connection: Connection,
  listener: DocumentListener,
): Documents & { readonly listening: Disposable } {
  const open = new Map<string, TextDocument>();
  const documents = new TextDocuments(TextDocument);
  documents.onDidChangeContent(({ document }) => {
    const absolute = pathOfUri(document.uri);
    if (absolute === null) return;
    open.set(absolute, document);
    listener.changed(absolute, plainOf(document));
  });
  documents.onDidClose(({ document }) => {
    const absolute = pathOfUri(document.uri);
    if (absolute === null) return;
    open.delete(absolute);
    listener.closed(absolute, document.uri);
  });
  documents.onDidSave(() => listener.saved());
  return {
    of(absolute) {
      const document = open.get(absolute);
      return document ? plainOf(document) : null;
    },
    paths: () => open.keys(),
    listening: documents.listen(connection),
  };
}

function plainOf(document: TextDocument): OpenDocument {
  return {
    uri: document.uri,
    version: document.version,
    get text() {
      return document.getText();
    },
  };
}
