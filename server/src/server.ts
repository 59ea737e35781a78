/** The language server as a program: `server.js --stdio`, or started by VS Code over node IPC. */
import { version } from '../../package.json';
import { serveProcess } from './lsp/connection.ts';

export function runServer(): void {
  serveProcess(version);
}
