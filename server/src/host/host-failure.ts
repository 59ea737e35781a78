/** Failures of the underlying system, in words for a person. Knows nothing of what is stored. */

export type HostFailureKind =
  | 'disk-full'
  | 'read-only'
  | 'not-allowed'
  | 'in-the-way'
  | 'outside'
  | 'changed'
  | 'locked'
  /** There is a git repository, but git is not installed or refuses it. */
  | 'no-git'
  /** Git has no name for the author of a commit. */
  | 'no-identity'
  | 'damaged'
  | 'unavailable'
  | 'other';

/** The message may contain paths and commands, but never the content of a file. */
export class HostFailure extends Error {
  readonly kind: HostFailureKind;
  /** The message without advice, for places where another command applies, such as an editor. */
  readonly what: string;

  /** @param advice the next step, as a command line */
  constructor(kind: HostFailureKind, what: string, advice = '') {
    super(advice === '' ? what : `${what} ${advice}`);
    this.name = 'HostFailure';
    this.kind = kind;
    this.what = what;
  }
}

/**
 * The changes have been made, or begun so that the next run completes them; a later action failed. Whoever catches it
 * must not make the changes again.
 */
export class AfterwardsFailure extends HostFailure {}

/**
 * Returns the failure for an error of the system.
 * @param action what was tried, as in "write vars/x": continues "Cannot"
 */
export function systemFailure(error: unknown, action: string): HostFailure {
  if (error instanceof HostFailure) return error;
  const code = codeOf(error);
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new HostFailure('disk-full', `Cannot ${action}: the disk is full.`);
    case 'EROFS':
      return new HostFailure('read-only', `Cannot ${action}: the file system is read-only.`);
    case 'EIO':
      return new HostFailure('other', `Cannot ${action}: the disk reports a failure (EIO).`);
    case 'EACCES':
    case 'EPERM':
      return new HostFailure('not-allowed', `Cannot ${action}: you are not allowed to.`);
    case 'ENOTDIR':
    case 'EEXIST':
    case 'EISDIR':
      return new HostFailure(
        'in-the-way',
        `Cannot ${action}: there is a file where a folder is needed, or the other way round.`,
      );
    default:
      return new HostFailure('other', `Cannot ${action}: ${code ?? 'unknown error'}.`);
  }
}

export function codeOf(error: unknown): string | null {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return code ?? null;
}
