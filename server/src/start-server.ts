/** `server.js --stdio`, or started by VS Code over node IPC: starts the language server. */
import { SERVER_NEW_SPACE, start } from './start.ts';

start(
  {
    program: 'server',
    purpose: 'server',
    flags: [],
    newSpace: SERVER_NEW_SPACE,
    lasts: true,
  },
  module,
);
