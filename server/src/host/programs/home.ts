/** The home folder of whoever runs this. */
import { homedir } from 'node:os';

/** Absolute path; null where there is none, as for a user whom the system has no entry of. */
export function homeIn(env: Readonly<Record<string, string | undefined>>): string | null {
  if (env.HOME) return env.HOME;
  try {
    return homedir() || null;
  } catch {
    // Containers run programs as numbers that are in no list of users.
    return null;
  }
}
