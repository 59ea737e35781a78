/** `server.js --stdio`, or started by VS Code over node IPC: starts the language server. */
import { join } from 'node:path';
import { GARBAGE_KEPT_SMALL, start } from './start.ts';

start(
  {
    program: join(__dirname, 'server-program.js'),
    purpose: 'server',
    flags: [GARBAGE_KEPT_SMALL],
    lasts: true,
  },
  module,
);
