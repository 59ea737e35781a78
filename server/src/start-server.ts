/** `server.js --stdio`, or started by VS Code over node IPC: starts the language server. */
import { start } from './start.ts';
import { OF_SERVER } from './tuning.ts';

start({ program: 'server', purpose: 'server', ...OF_SERVER }, module);
