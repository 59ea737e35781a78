/** The server as a process: which streams it talks over, and how much memory its garbage may take. */
import { setFlagsFromString } from 'node:v8';
import { createConnection } from 'vscode-languageserver/node';
import { serve } from './server.ts';

/** Serves over what the process's arguments name: `--stdio`, `--node-ipc`, `--pipe=…` or `--socket=…`. */
export function serveProcess(version: string): void {
  keepGarbageSmall();
  serve(createConnection(), version);
}

/** Serves over standard input and output. The process ends when the client leaves. */
export function serveStdio(version: string): void {
  keepGarbageSmall();
  serve(createConnection(process.stdin, process.stdout), version);
}

/**
 * Keeps the space for new objects at its first size. An analysis makes much that is soon forgotten; V8 would let that
 * space grow to three times 16 MB and keep it, which makes nothing faster here. The factor is read at every growth,
 * so it may be set while running. Electron may have its flags frozen, and is left alone.
 */
function keepGarbageSmall(): void {
  if (process.versions.electron === undefined) setFlagsFromString('--semi-space-growth-factor=1');
}
