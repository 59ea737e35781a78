/** Turns edits of source files, modules and encrypted files, into changes of a transaction. */

import { userFile } from '../../host/files/user-files.ts';
import { HostFailure } from '../../host/host-failure.ts';
import type { Change } from '../../store/vars/changes.ts';
import type { Unchanged } from './session.ts';

/** A file with its text before and after. */
export interface EditedFile {
  /** Relative to the root. */
  readonly path: string;
  /** Null for a new file. */
  readonly before: string | null;
  /** Null for a removed file. */
  readonly after: string | null;
}

export interface SourceChanges {
  readonly changes: readonly Change[];
  readonly unchanged: readonly Unchanged[];
}

/**
 * Returns the changes that apply edits.
 *
 * @throws HostFailure if a file has changed since it was read
 */
export function sourceChanges(root: string, files: readonly EditedFile[]): SourceChanges {
  const changes: Change[] = [];
  const unchanged: Unchanged[] = [];
  for (const { path, before, after } of files) {
    const readied = userFile(root, path);
    if ((readied?.text ?? null) !== before)
      throw new HostFailure(
        'changed',
        `${path} has changed since it was read. Nothing was changed; run the command again.`,
      );
    unchanged.push({ path: readied?.path ?? path, sha256: readied?.sha256 ?? null });
    if (after === null) changes.push({ kind: 'remove', path });
    else if (readied === null) changes.push({ kind: 'write', path, bytes: Buffer.from(after, 'utf8') });
    else {
      const bytes = Buffer.from(readied.mark + after, 'utf8');
      changes.push({ kind: 'write', path: readied.path, bytes, mode: readied.mode });
    }
  }
  return { changes, unchanged };
}
