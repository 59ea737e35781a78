/** Limits the memory of the server process as the settings say. */
import { workspace } from 'vscode';

/** In MiB. With less, the server would end before it has read a small fleet. */
const LEAST = 128;

/**
 * Returns the arguments for Node with which the server process is started. The server collects garbage when nobody waits, which
 * only those who start it can allow in VS Code.
 */
export function memoryArguments(): string[] {
  return ['--expose-gc', ...limitArguments()];
}

function limitArguments(): string[] {
  const limit = workspace.getConfiguration('varsmith').get<unknown>('server.memory');
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit <= 0) return [];
  return [`--max-old-space-size=${Math.max(limit, LEAST)}`];
}
