/** `server.js --stdio`, or started by VS Code over node IPC: starts the language server. */
import { GARBAGE_KEPT_SMALL, start } from './start.ts';

start(
  {
    program: 'server',
    purpose: 'server',
    flags: [GARBAGE_KEPT_SMALL],
    lasts: true,
  },
  module,
);
