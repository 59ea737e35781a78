/** Runs the server as a process, on the streams that its arguments name. */
import { createConnection } from 'vscode-languageserver/node';
import type { TraceEvent } from '../query/database.ts';
import { loadAnalysis, serve } from './server.ts';
import { inOrder } from './session.ts';

/** Serves over the transport in the process's arguments: `--stdio`, `--node-ipc`, `--pipe=…` or `--socket=…`. */
export function serveProcess(version: string): void {
  serve(createConnection(inOrder()), version);
}

/** Serves over standard input and output. The process ends when the client disconnects. */
export function serveStdio(version: string, { tracesQueries }: { readonly tracesQueries: boolean }): void {
  const connection = createConnection(process.stdin, process.stdout, inOrder());
  const trace = ({ name, outcome, because }: TraceEvent) =>
    connection.console.log(`query: ${name} ${outcome}${because === null ? '' : ` because of ${because}`}`);
  serve(connection, version, () => loadAnalysis(tracesQueries ? trace : undefined));
}
