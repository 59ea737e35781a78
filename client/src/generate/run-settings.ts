/** Translates the settings for runs to options of the command line and of clan. */
import { Uri, workspace } from 'vscode';

/**
 * Returns the option that prevents commits, if the settings ask for it.
 * @param root absolute path of the fleet
 */
export function commitArguments(root: string): readonly string[] {
  return isCommitted(root) ? [] : ['--no-commit'];
}

/** Returns the commit settings as environment variables of clan. */
export function commitEnvironment(root: string): Readonly<Record<string, string>> {
  return isCommitted(root) ? {} : { CLAN_NO_COMMIT: '1' };
}

/** Returns the options for the time and resource limits of scripts. */
export function limitArguments(root: string): readonly string[] {
  const seconds = settingsOf(root).get<unknown>('timeLimit');
  // Settings may contain anything; an invalid time limit leaves the default.
  const time = typeof seconds === 'number' && seconds > 0 ? ['--timeout', String(seconds)] : [];
  const setting = settingsOf(root).get<unknown>('limits');
  const limits = typeof setting === 'object' && setting !== null ? Object.entries(setting) : [];
  return [
    ...time,
    ...limits.flatMap(([name, value]) =>
      typeof value === 'number' && value > 0 ? ['--limit', `${name}=${value}`] : [],
    ),
  ];
}

function isCommitted(root: string): boolean {
  return settingsOf(root).get<unknown>('commit') !== false;
}

function settingsOf(root: string) {
  return workspace.getConfiguration('varsmith', Uri.file(root));
}
