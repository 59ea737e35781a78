/**
 * Gets settings from the client: requests them if the client supports that, and otherwise takes them as they are
 * sent.
 */
import type { Connection } from 'vscode-languageserver';
import { uriOfPath } from './to-protocol.ts';

export const SECTION = 'varsmith';

/** Limits the wait for a client that announces the request but never answers it. */
const ANSWER_DEADLINE_MS = 1_000;

/** Settings by workspace root (absolute path), and `everywhere` for other roots. */
export interface Configuration {
  readonly everywhere: unknown;
  readonly byRoot: ReadonlyMap<string, unknown>;
}

/** Requests the settings of each folder. Rejects if the client answers with an error. */
export async function askConfiguration(
  connection: Connection,
  roots: readonly string[],
): Promise<Configuration> {
  const items = [
    { section: SECTION },
    ...roots.map(root => ({ section: SECTION, scopeUri: uriOfPath(root) })),
  ];
  const answers = (await connection.workspace.getConfiguration(items)) as unknown[];
  return { everywhere: answers[0], byRoot: new Map(roots.map((root, i) => [root, answers[i + 1]])) };
}

/**
 * Returns the settings in a notification or the start options, which contain them directly or under the section's
 * name.
 */
export function sentConfiguration(value: unknown): Configuration {
  const whole = typeof value === 'object' && value !== null && SECTION in value;
  return { everywhere: whole ? (value as Record<string, unknown>)[SECTION] : value, byRoot: new Map() };
}

export function settingsFor({ everywhere, byRoot }: Configuration, root: string): unknown {
  return byRoot.get(root) ?? everywhere;
}

/** Waits for an answer up to a deadline, and resolves with false if the deadline passes first. */
export async function inTime(answer: Promise<unknown>, milliseconds = ANSWER_DEADLINE_MS): Promise<boolean> {
  let deadline: NodeJS.Timeout | undefined;
  const late = new Promise<false>(resolve => {
    deadline = setTimeout(() => resolve(false), milliseconds);
  });
  try {
    return await Promise.race([answer.then(() => true), late]);
  } finally {
    clearTimeout(deadline);
  }
}
