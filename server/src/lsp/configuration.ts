/** Settings from the client: asked for where it answers, taken as they are sent where it does not. */
import type { Connection } from 'vscode-languageserver';
import { uriOfPath } from './to-protocol.ts';

export const SECTION = 'varsmith';

/** A client that has said it answers but does not must not keep the server from starting. */
const ANSWER_DEADLINE_MS = 1_000;

/** Settings by workspace root (absolute path); `everywhere` for roots that are not listed. */
export interface Configuration {
  readonly everywhere: unknown;
  readonly byRoot: ReadonlyMap<string, unknown>;
}

/** Asks for the settings of each folder. Rejects if the client answers with an error. */
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

/** Settings as a notification or the start options carry them: whole, or under the section's name. */
export function sentConfiguration(value: unknown): Configuration {
  const whole = typeof value === 'object' && value !== null && SECTION in value;
  return { everywhere: whole ? (value as Record<string, unknown>)[SECTION] : value, byRoot: new Map() };
}

export function settingsFor({ everywhere, byRoot }: Configuration, root: string): unknown {
  return byRoot.get(root) ?? everywhere;
}

/** Waits for an answer, but not for ever: resolves with false when the deadline has passed first. */
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
