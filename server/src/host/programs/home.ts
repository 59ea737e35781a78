/** Finds the home folder of the current user. */
import { homedir } from 'node:os';

/** Returns an absolute path, or `null` if there is none, as for a user without an entry in the system. */
export function homeIn(env: Readonly<Record<string, string | undefined>>): string | null {
  if (env.HOME) return env.HOME;
  try {
    return homedir() || null;
  } catch {
    // Containers may run programs under user ids without an entry.
    return null;
  }
}
