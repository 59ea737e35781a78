/**
 * The floor: a language server that parses with the project's own parser and publishes syntax errors, and no more.
 * It bounds from below what any server of this kind can do on a machine. It must not know of vars.
 */
import {
  createConnection,
  ProposedFeatures,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { createParser } from '../server/src/nix/parse/parse.ts';

const connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout);
const documents = new TextDocuments(TextDocument);

connection.onInitialize(() => ({
  capabilities: { textDocumentSync: TextDocumentSyncKind.Incremental },
  serverInfo: { name: 'floor' },
}));

// As any server would: ready before the first file is opened.
connection.onInitialized(() => {
  void createParser();
});

documents.onDidChangeContent(async ({ document }) => {
  const parser = await createParser();
  const diagnostics = parser.parse(document.getText()).errors.map(({ start, end, message }) => ({
    range: { start: document.positionAt(start), end: document.positionAt(end) },
    severity: 1 as const,
    message,
  }));
  await connection.sendDiagnostics({ uri: document.uri, version: document.version, diagnostics });
});

documents.listen(connection);
connection.listen();
